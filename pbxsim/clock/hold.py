"""What keeps virtual time standing still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.native import mypyc_attr

if TYPE_CHECKING:
    from collections.abc import Callable


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Hold:
    """Keeps virtual time standing still until released; also as a context manager."""

    __slots__ = ("_let_go",)

    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go: Callable[[], None] | None = let_go

    def release(self) -> None:
        """Let time go on, unless another hold is left. A second release changes nothing."""
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()
