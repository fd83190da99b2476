"""YAML text as a tree that knows its lines: what msgspec decodes, and where each piece of it stands in the file.

The tree is built from the parser's events and not by PyYAML's own composer, which crashes the process on deep nesting.
Scalars follow the core schema of YAML 1.2: only `true` and `false` are booleans, a time of day stays text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, TypeAlias

import msgspec
import yaml

from pbxsim.config.fault import Fault, PbxFileRefused
from pbxsim.kit.finding import Finding, Path, spelt

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml: slower, the same events
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # either will do

DEEPEST: Final = 24
"""Levels of nesting that a PBX file may have; it needs eight."""

MOST_VALUES: Final = 300_000
"""Values that a PBX file may expand to, each use of an alias counted again."""

_TAG: Final = "tag:yaml.org,2002:"
_LONGEST_NUMBER: Final = 25
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_UNREADABLE: Final = "YAML that a parser can read"
_TABBED: Final = f"{_UNREADABLE}: a tab: indent with blanks"
_TOO_DEEP: Final = f"at most {DEEPEST} levels of nesting"


class Scalar(msgspec.Struct, eq=False):
    """One value; `text` is how the file spells it."""

    line: int
    text: str
    value: object


class Sequence(msgspec.Struct, eq=False):
    """A list."""

    line: int
    items: list[Node]


class Mapping(msgspec.Struct, eq=False):
    """Keys and their values, in the file's order."""

    line: int
    pairs: list[tuple[Node, Node]]


Node: TypeAlias = "Scalar | Sequence | Mapping"


class Document:
    """A parsed PBX file. Raises PbxFileRefused where the text is no YAML, or no single mapping."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.root = _Composer(file).compose(text)

    def plain(self) -> tuple[dict[str, object], list[Finding]]:
        """Give the file as dicts, lists and scalars, and what is wrong with its keys: doubled, or no text.

        Raises PbxFileRefused where aliases make it too deep or too large.
        """
        expansion = _Expansion(self)
        return expansion.mapping(self.root, ()), expansion.findings

    def fault(self, finding: Finding) -> Fault:
        """Add file and line to a finding."""
        line = finding.line or self.line(finding.path)
        return Fault(self.file, line, spelt(finding.path), finding.value, finding.expected)

    def line(self, path: Path) -> int:
        """Find the line at which a path, or as much of it as there is, stands."""
        return [self.root.line, *(line for line, _ in self._along(path))][-1]

    def source(self, path: Path) -> str:
        """Give the text of the scalar at that path, as the file spells it; empty for anything else."""
        nodes = [node for _, node in self._along(path)]
        found = nodes[-1] if len(nodes) == len(path) and nodes else None
        return found.text if isinstance(found, Scalar) else ""

    def rename(self, path: Path, key: str) -> None:
        """Take the key at that path as if it were spelt `key`, so that what is below it can be looked into."""
        holder = [self.root, *(node for _, node in self._along(path[:-1]))][-1]
        if isinstance(holder, Mapping):
            for name, _ in holder.pairs:
                if isinstance(name, Scalar) and name.text == path[-1]:
                    name.text = name.value = key

    def _along(self, path: Path) -> Iterator[tuple[int, Node]]:
        node: Node = self.root
        for part in path:
            found = _child(node, part)
            if found is None:
                return
            yield found
            node = found[1]


def _child(node: Node, part: str | int) -> tuple[int, Node] | None:
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            if isinstance(key, Scalar) and key.text == part:
                return key.line, value
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part].line, node.items[part]
    return None


class _Expansion:
    """Turns nodes into plain data, aliases copied out, and notes what no decoder would see: doubled keys."""

    def __init__(self, document: Document) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._count = 0

    def expand(self, node: Node, path: Path) -> object:
        self._count += 1
        if self._count > MOST_VALUES:
            raise self._refused((), f"at most {MOST_VALUES} values, aliases copied out")
        if isinstance(node, Scalar):
            return node.value
        if len(path) >= DEEPEST:
            raise self._refused(path, _TOO_DEEP)
        if isinstance(node, Sequence):
            return [self.expand(item, (*path, index)) for index, item in enumerate(node.items)]
        return self.mapping(node, path)

    def mapping(self, node: Mapping, path: Path) -> dict[str, object]:
        plain: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, value in node.pairs:
            name = self._key(key, path)
            if name in plain:
                expected = f"each key once: it stands in line {lines[name]} already"
                self.findings.append(Finding((*path, name), msgspec.UNSET, expected, key.line))
            else:
                lines[name] = key.line
                plain[name] = self.expand(value, (*path, name))
        return plain

    def _key(self, key: Node, path: Path) -> str:
        if not isinstance(key, Scalar):
            raise self._refused(path, "keys that are text, not lists or mappings", key.line)
        if not isinstance(key.value, str):
            expected = f'a key that is text: write "{key.text}"'
            self.findings.append(Finding((*path, key.text), key.value, expected, key.line))
        return key.text

    def _refused(self, path: Path, expected: str, line: int = 0) -> PbxFileRefused:
        return PbxFileRefused([self._document.fault(Finding(path, msgspec.UNSET, expected, line))])


class _Composer:
    """Builds the tree from the parser's events."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Node | None] = []  # beside each open container: the key that waits for its value
        self._anchors: dict[str, Node] = {}
        self._names: list[str | None] = []  # beside each open container: its anchor
        self._steps: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._begin,
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceEndEvent: self._close,
            yaml.MappingEndEvent: self._close,
            yaml.AliasEvent: self._alias,
        }

    def compose(self, text: str) -> Mapping:
        try:
            for event in yaml.parse(text, Loader=Loader):
                step = self._steps.get(type(event))
                if step is not None:
                    step(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark is not None else 1
            told = _TABBED if _begins_with_tab(text, line) else _in_words(error.problem)
            raise self._refused(line, told) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise self._refused(line, f"{_UNREADABLE}: no control characters") from None
        except yaml.YAMLError as error:
            raise self._refused(1, f"{_UNREADABLE}: {error}") from None
        if not isinstance(self._root, Mapping):
            raise self._refused(1, "a mapping, as `name: office`; the file holds none")
        return self._root

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        if self._root is not None:
            raise self._refused(_line(event), "one YAML document; here begins another")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        value = self._value(event, line)
        self._put(Scalar(line, event.value, value), event.anchor)

    def _value(self, event: yaml.ScalarEvent, line: int) -> object:
        if event.tag is None:
            return resolved(event.value) if event.implicit[0] else event.value
        if event.tag in ("!", f"{_TAG}str"):
            return event.value
        raise self._tagged(line, event.tag)

    def _sequence(self, event: yaml.SequenceStartEvent) -> None:
        self._enter(Sequence(_line(event), []), event)

    def _mapping(self, event: yaml.MappingStartEvent) -> None:
        self._enter(Mapping(_line(event), []), event)

    def _enter(self, node: Sequence | Mapping, event: yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag not in ("!", f"{_TAG}seq", f"{_TAG}map"):
            raise self._tagged(node.line, event.tag)
        if len(self._open) >= DEEPEST:
            raise self._refused(node.line, _TOO_DEEP)
        self._open.append(node)
        self._keys.append(None)
        self._names.append(event.anchor)

    def _close(self, _event: yaml.CollectionEndEvent) -> None:
        self._keys.pop()
        self._put(self._open.pop(), self._names.pop())

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None:  # an alias inside of what it names is not complete yet, so it ends here too
            raise self._refused(_line(event), f"an anchor &{event.anchor} before its alias")
        self._put(node, None)

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        holder = self._open[-1]
        if isinstance(holder, Sequence):
            holder.items.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            holder.pairs.append((self._keys[-1], node))
            self._keys[-1] = None

    def _tagged(self, line: int, tag: str) -> PbxFileRefused:
        return self._refused(line, f"no tag {tag.replace(_TAG, '!!')}: a PBX file holds plain values only")

    def _refused(self, line: int, expected: str) -> PbxFileRefused:
        return PbxFileRefused([Fault(self._file, line, "", msgspec.UNSET, expected)])


def _begins_with_tab(text: str, line: int) -> bool:
    """Tell whether a tab is among what a line is indented with."""
    found = next(islice(text.splitlines(), line - 1, None), "")
    return "\t" in found[: len(found) - len(found.lstrip())]


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None  # the parser marks every event
    return event.start_mark.line + 1


def resolved(text: str) -> object:
    """Read an unquoted scalar: null, a boolean, a number, or else text. Numbers of absurd size stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _in_words(problem: str | None) -> str:
    """Say what a parser found; libyaml looks ahead, and has a limit of its own for how deep."""
    return _TOO_DEEP if problem is not None and "nesting depth" in problem else f"{_UNREADABLE}: {problem}"
