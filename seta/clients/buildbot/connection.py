"""A connection whose answer cannot fill the memory of the master, whatever its server sends."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web.client import BrowserLikePolicyForHTTPS, ResponseDone
from twisted.web.error import SchemeNotSupported
from twisted.web.http import PotentialDataLoss
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from ..answers import NoAnswer
from ..exchange import MAX_HEAD, Body


@implementer(IAgentEndpointFactory)
class Connection:
    """How one request reaches its server; ``failure`` says why the answer was given up."""

    def __init__(self, reactor: Any):
        self.failure: NoAnswer | None = None
        self._reactor = reactor
        self._protocol: CountingProtocol | None = None
        self._is_head = True

    def endpointForURI(self, uri: Any) -> "CountingEndpoint":
        """Return what Twisted's agent connects to; called by it once."""
        endpoint = HostnameEndpoint(self._reactor, uri.host, uri.port)
        if uri.scheme == b"https":
            policy = BrowserLikePolicyForHTTPS()
            endpoint = wrapClientTLS(policy.creatorForNetloc(uri.host, uri.port), endpoint)
        elif uri.scheme != b"http":
            raise SchemeNotSupported(f"{uri.scheme!r} is neither http nor https")
        return CountingEndpoint(endpoint, self)

    def opened(self, protocol: "CountingProtocol") -> None:
        self._protocol = protocol

    def received(self, total: int) -> None:
        """See how many bytes have come by now; end the connection if a head has no end."""
        if self._is_head and total > MAX_HEAD:
            self.failure = NoAnswer(f"the answer's head is longer than {MAX_HEAD} bytes")
            self.close()

    def head_has_come(self, response: Any) -> Any:
        self._is_head = False
        return response

    def close(self) -> None:
        """End the connection at once, whatever of the answer has not been read."""
        if self._protocol:
            self._protocol.transport.abortConnection()


class CountingEndpoint:
    """An endpoint whose protocols tell the connection how much they have received."""

    def __init__(self, endpoint: Any, connection: Connection):
        self._endpoint, self._connection = endpoint, connection

    def connect(self, factory: Any) -> Any:
        counting = WrappingFactory(factory)
        counting.noisy = False
        counting.protocol = lambda *args: CountingProtocol(self._connection, *args)
        return self._endpoint.connect(counting).addCallback(lambda outer: outer.wrappedProtocol)


class CountingProtocol(ProtocolWrapper):
    """Passes on all that it receives, and counts it."""

    def __init__(self, connection: Connection, *args: Any):
        super().__init__(*args)
        self._connection = connection
        self._total = 0

    def connectionMade(self) -> None:
        self._connection.opened(self)

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        self._total += len(data)
        self._connection.received(self._total)


class BodyReader(Protocol):
    """Receives the body of one answer; ``done`` fires at its end."""

    def __init__(self, body: Body):
        self.done = Deferred(lambda done: self.transport.abortConnection())
        self._body = body

    def dataReceived(self, data: bytes) -> None:
        if self.done.called:
            return
        try:
            self._body.add(data)
        except NoAnswer as failure:
            self.done.errback(failure)
            self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        if self.done.called:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.done.callback(None)
        else:
            self.done.errback(reason)


def read_body(response: Any, body: Body) -> Any:
    """Return a Deferred that fires when the whole body of this answer has been read."""
    reader = BodyReader(body)
    response.deliverBody(reader)
    return reader.done
