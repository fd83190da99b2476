"""Whom a telephone may hand its call on to: the numbers of its plan, as Asterisk's patterns.

A telephone that transfers (REFER) to a number that is none is told so by Asterisk, and the two talk on. Were every
number taken, the call would be over: Asterisk lets go of whoever transfers before pbxsim hears of it. Whoever is sent
on hears it ring, until pbxsim, which is told of the number, has somebody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.directory import Directory

_FIT: Final = re.compile(r"_?[0-9A-Za-z+*#.!\[\]-]{1,80}")
_CONTEXT: Final = "[{name}]\n{extensions}\n"
_EXTENSION: Final = "exten => {pattern},1,Goto(pbxsim-hold,again,1)\n"


def context_of(directory: Directory, dialplan: str) -> str:
    """Name the context of a numbering plan's transfers."""
    return f"pbxsim-transfers-{list(directory.dialplans).index(dialplan) + 1}"


def contexts(directory: Directory) -> str:
    """Write the contexts of all numbering plans."""
    return "".join(_context(directory, dialplan) for dialplan in directory.dialplans)


def _context(directory: Directory, dialplan: str) -> str:
    found = dict.fromkeys(
        (*_own_numbers(directory), *_features(directory, dialplan), *_patterns(directory, dialplan, set()))
    )
    lines = (_EXTENSION.format(pattern=pattern) for pattern in found if _FIT.fullmatch(pattern))
    return _CONTEXT.format(name=context_of(directory, dialplan), extensions="".join(lines))


def _own_numbers(directory: Directory) -> Iterator[str]:
    for line in directory.lines.values():
        yield from line.extension.public
    yield from directory.dids


def _features(directory: Directory, dialplan: str) -> Iterator[str]:
    for feature in directory.features:
        if feature.dialplan in ("", dialplan):
            yield f"_{feature.number}." if feature.takes_more else feature.number


def _patterns(directory: Directory, name: str, seen: set[str]) -> Iterator[str]:
    context = directory.contexts.get(name)
    if context is None or name in seen:
        return
    seen.add(name)
    yield from (pattern for pattern, step in context.entries if not step.hangup)
    for line in directory.lines.values():
        if line.extension.dialplan == context.dialplan:
            yield line.extension.internal
    for route in context.routes:
        yield from route.patterns
    for include in context.includes:
        yield from _patterns(directory, include, seen)
