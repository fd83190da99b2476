"""The draws by which a random history goes: the same for each seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pbxsim.pbx.dice import draw, stream

if TYPE_CHECKING:
    from collections.abc import Sequence


class Chance:
    """Draws for one history; where it stands is how often it has drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.count = 0

    def random(self) -> float:
        """Draw a number from 0 up to, but not, 1."""
        self.count += 1
        return draw(stream(self.seed, "history", 0), self.count)

    def choice(self, of: Sequence[Any]) -> Any:  # noqa: ANN401 - one of whatever
        """Draw one of some things."""
        return of[int(self.random() * len(of))]
