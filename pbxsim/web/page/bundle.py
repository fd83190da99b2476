"""The page's modules as one script: sixteen requests, some behind others, took longer than all that they brought.

Each module becomes a function that is run when it is first imported and gives what the module exports. Its lines stay
its lines, so that a source map leads a browser's tools back to them. Of `import` and `export` modules may use, each at
the start of a line: `import { a, b as c } from "./x.js";`, `export` before a function, a class or a const, and `export
default`; and anywhere `import("./x.js")`.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD: Final = "const $once = (make) => { let made; return () => (made ??= make()); };"
_IMPORT: Final = re.compile(r'import \{ ([\w$, ]+) \} from "(\.[^"]+)";')
_EXPORT: Final = re.compile(r"export (?=(?:(?:async )?function|class|const) (\w+))")
_DEFAULT: Final = "export default "
_LATER: Final = re.compile(r'\bimport\("(\.[^"]+)"\)')
_OTHER: Final = re.compile(r"(?:import|export)\b")


class NotBundled(Exception):
    """A module imports or exports in a way that is not known here, or what is not there, or itself in the end."""


class Bundle(NamedTuple):
    """A script, and the map of its lines to those of the modules (source map, revision 3)."""

    script: bytes
    map: bytes


def bundle(modules: Mapping[str, str], first: str, map_name: str) -> Bundle:
    """Make a script that does what a module does, with all that it imports, at once or later. Raises NotBundled.

    `modules` are texts by path, `map_name` is where the script's map is to be found.
    """
    lines, sections = [_HEAD], []
    for name in _in_order(modules, first):
        rewritten = _rewritten(name, modules[name], is_first=name == first)
        sections.append(_section(name, len(lines), len(rewritten)))
        lines += rewritten
    lines += [f"//# sourceMappingURL={map_name}", ""]
    return Bundle("\n".join(lines).encode(), msgspec.json.encode({"version": 3, "sections": sections}))


def _in_order(texts: Mapping[str, str], first: str) -> list[str]:
    """Give the paths of a module and of all that it imports, itself last."""
    found: dict[str, None] = {}
    waiting = [first]
    while waiting:
        _find(waiting.pop(), texts, (), found)
        waiting = [later for name in found for later in _later(name, texts) if later not in found]
    return [*(name for name in found if name != first), first]


def _find(name: str, texts: Mapping[str, str], importing: tuple[str, ...], found: dict[str, None]) -> None:
    """Find what a module imports at once, and what that does."""
    if name not in texts:
        raise NotBundled(f"{importing[-1:] or 'somebody'} imports {name}, which is not there")
    if name in importing:
        raise NotBundled(f"a circle of imports: {' > '.join((*importing, name))}")
    if name not in found:
        for imported in _at_once(name, texts):
            _find(imported, texts, (*importing, name), found)
        found[name] = None


def _at_once(name: str, texts: Mapping[str, str]) -> Iterator[str]:
    return (_path(name, each[2]) for each in map(_IMPORT.fullmatch, texts[name].split("\n")) if each)


def _later(name: str, texts: Mapping[str, str]) -> Iterator[str]:
    return (_path(name, named) for named in _LATER.findall(texts[name]))


def _path(importing: str, named: str) -> str:
    return normpath(join(dirname(importing), named))


def _maker(name: str) -> str:
    """Name the function that a module becomes."""
    return "$" + re.sub(r"\W", "_", name)


def _rewritten(name: str, text: str, *, is_first: bool) -> list[str]:
    """Give a module's lines, one for one; only its end is longer."""
    exports: dict[str, str] = {}
    lines = [_line(name, line, exports) for line in text.removesuffix("\n").split("\n")]
    if is_first:
        return lines
    given = ", ".join(f"{exported}: {own}" for exported, own in exports.items())
    lines[0] = f"const {_maker(name)} = $once(() => {{ {lines[0]}"
    return [*lines, f"return {{ {given} }}; }});"]


def _line(name: str, line: str, exports: dict[str, str]) -> str:
    """Rewrite a line, and note what it exports."""
    if imports := _IMPORT.fullmatch(line):
        return f"const {{ {imports[1].replace(' as ', ': ')} }} = {_maker(_path(name, imports[2]))}();"
    if exported := _EXPORT.match(line):
        exports[exported[1]] = exported[1]
        line = line[exported.end() :]
    elif line.startswith(_DEFAULT):
        exports["default"] = "$default"
        line = f"const $default = {line.removeprefix(_DEFAULT)}"
    elif _OTHER.match(line) and not _LATER.match(line):
        raise NotBundled(f"{name}: {line}")
    return _LATER.sub(lambda later: f"Promise.resolve().then({_maker(_path(name, later[1]))})", line)


def _section(name: str, first_line: int, lines: int) -> dict[str, object]:
    """Map lines of the script to those of a module: each to the one behind the last one's."""
    mappings = ";".join(["AAAA", *["AACA"] * (lines - 1)])
    of_module = {"version": 3, "sources": [name], "names": [], "mappings": mappings}
    return {"offset": {"line": first_line, "column": 0}, "map": of_module}
