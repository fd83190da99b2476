"""Functions of modules that are imported when they are first called: what a start does not need does not delay it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def later(module: str, name: str) -> Callable[..., Any]:
    """Give the function of that name, or whatever else can be called. Raises what the import does, when it is called.

    For declarations of vendors and engines, which are read at each start: most of what they declare is asked for by
    somebody who looks (the page, `pbxsim traps`), or where the engine is chosen.
    """

    def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function has it
        return getattr(import_module(module), name)(*given, **named)

    return called
