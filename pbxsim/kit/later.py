"""Modules, functions of them, and patterns that are there when they are first needed: nothing else delays a start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_compiled: Final = re.compile  # whatever `patterns_later` has put there


class LaterModule:
    """A module that is imported when something of it is first asked for; each name is looked up in it once.

    Where the module is used in earnest, beside an import for the type checker:

        if TYPE_CHECKING:
            from pbxsim.vendors.vum import actions
        else:
            actions = LaterModule("pbxsim.vendors.vum.actions")
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the module has it
        found = getattr(import_module(self._name), name)
        setattr(self, name, found)
        return found


class LaterPattern:
    """A regular expression that is compiled when something of it is first asked for. Raises re.error only then."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 - as re.compile has it
        self._given = given

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the compiled one has it
        if name == "_given":  # a copy that is being made has nothing yet
            raise AttributeError(name)
        found = getattr(_compiled(*self._given), name)
        setattr(self, name, found)
        return found


@contextmanager
def patterns_later() -> Iterator[None]:
    """Have modules that are imported meanwhile compile their regular expressions when they first use them.

    For a library of which a program needs a part, and which calls the methods of its patterns: functions of `re` do not
    take these. To be used only by who owns the process: other threads get such patterns, too.
    """
    re.compile = LaterPattern  # type: ignore[assignment]  # it can do whatever a pattern can
    try:
        yield
    finally:
        re.compile = _compiled


class LaterMapping(Mapping[str, Any]):
    """A mapping of which each value is what a function gives, which is called when the value is first asked for."""

    def __init__(self, values: Mapping[str, Callable[[], Any]]) -> None:
        self._functions = values
        self._values: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as the function gives it
        if key not in self._values:
            self._values[key] = self._functions[key]()
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._functions

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def later(module: str, name: str) -> Callable[..., Any]:
    """Give the function of that name, or whatever else can be called. Raises what the import does, when it is called.

    For declarations of vendors and engines, which are read at each start: most of what they declare is asked for by
    somebody who looks (the page, `pbxsim traps`), or where the engine is chosen.
    """

    def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function has it
        return getattr(import_module(module), name)(*given, **named)

    return called
