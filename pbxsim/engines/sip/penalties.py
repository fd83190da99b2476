"""Whoever gives wrong passwords waits for each answer longer and longer, without I/O."""

from __future__ import annotations

from typing import Final

_FREE: Final = 3  # wrong passwords that anybody may have
_FIRST: Final = 0.5
_LONGEST: Final = 16.0
_FORGOTTEN_AFTER: Final = 600.0
_MOST: Final = 10_000


class Penalties:
    """Counts wrong passwords by whoever gave them; `total` are all that ever were."""

    def __init__(self) -> None:
        self.total = 0
        self._known: dict[str, tuple[int, float]] = {}

    def wrong(self, now: float, who: str) -> float:
        """Note a wrong password; give the seconds to wait with the answer: none at first, then twice the last."""
        self.total += 1
        count, last = self._known.pop(who, (0, now))
        count = 1 if now - last > _FORGOTTEN_AFTER else count + 1
        self._known[who] = count, now
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return 0.0 if count <= _FREE else min(_FIRST * 2.0 ** min(count - _FREE - 1, 10), _LONGEST)

    def right(self, who: str) -> None:
        """Forgive whoever knows the password after all."""
        self._known.pop(who, None)
