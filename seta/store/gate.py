"""A gate that turns away whom it would keep waiting in a queue that does not move."""

import threading
from time import monotonic

from ..errors import StoreError

STILL = 0.5       # seconds after which a queue counts as one that does not move
PATIENCE = 2.0    # seconds that anybody waits at most


class Gate:
    """Lets `size` callers in at once; the others wait while the queue moves.

    After a failure one caller at a time is let in, to try, and nobody waits, until one of them
    succeeds. So threads do not pile up behind something that hangs.
    """

    def __init__(self, size: int, *, refusal: str, still: float = STILL,
                 patience: float = PATIENCE):
        self._size = size
        self._refusal = refusal
        self._still = still
        self._patience = patience
        self._inside = 0
        self._has_failed = False
        self._moved_at = monotonic()
        self._changed = threading.Condition()

    def enter(self) -> None:
        """Go in, perhaps after waiting; raises StoreError when turned away."""
        began = monotonic()
        with self._changed:
            while self._inside >= (1 if self._has_failed else self._size):
                now = monotonic()
                left = min(self._moved_at + self._still, began + self._patience) - now
                if self._has_failed or left <= 0:
                    raise StoreError(self._refusal)
                self._changed.wait(left)
            self._inside += 1
            self._moved_at = monotonic()

    def leave(self, *, has_failed: bool = False) -> None:
        with self._changed:
            self._inside -= 1
            is_other = self._has_failed != has_failed
            self._has_failed = has_failed
            self._moved_at = monotonic()
            if is_other:
                self._changed.notify_all()
            else:
                self._changed.notify()  # there is one place more
