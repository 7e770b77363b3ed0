"""Records in batches, the next one made ready while one is stored."""

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

from ..errors import SetaError

T = TypeVar("T")

WAIT = 0.1  # seconds after which a full queue is looked at again


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in lists of `size`; what came before an error of ours, before the error."""
    batch: list[T] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) == size:
                yield batch
                batch = []
    except SetaError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def made_ahead(items: Iterable[T], ahead: int = 2) -> Iterator[T]:
    """Yield the same items, made by a thread of its own that is at most `ahead` of them.

    An error of the items is raised here, in its place. The thread ends with this iterator.
    """
    ready: Queue = Queue(ahead)
    is_over = Event()
    thread = Thread(target=_make, args=(items, ready, is_over), daemon=True, name="made-ahead")
    thread.start()
    try:
        while True:
            item, error, is_last = ready.get()
            if error is not None:
                raise error
            if is_last:
                return
            yield item
    finally:
        is_over.set()
        _drain(ready)
        thread.join()


def _make(items: Iterable, ready: Queue, is_over: Event) -> None:
    try:
        for item in items:
            if not _hand_over((item, None, False), ready, is_over):
                return
        _hand_over((None, None, True), ready, is_over)
    except BaseException as error:  # whatever it is, it is raised where the items are used
        _hand_over((None, error, True), ready, is_over)


def _hand_over(message: tuple, ready: Queue, is_over: Event) -> bool:
    while not is_over.is_set():
        try:
            ready.put(message, timeout=WAIT)
            return True
        except Full:
            continue
    return False


def _drain(ready: Queue) -> None:
    try:
        while True:
            ready.get_nowait()
    except Empty:
        return
