"""Every fault of form in a PBX file at once: unknown keys, missing ones, wrong types, values out of their bounds.

msgspec decides whether a file is right, and stops at its first fault; this enumerates the rest by the JSON Schema made
of the same types. It is imported only when a file is refused, for jsonschema takes longer to load than all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pbxsim.config.fault import MOST_FAULTS, is_secret
from pbxsim.kit.finding import Finding, Path, did_you_mean, nearest

_WORDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_NUMBER: Final = "a telephone number"
_FORMER: Final = {"roundrobin": "rrmemory"}  # app_queue.c took it for that until Asterisk 1.6
_KIND: Final = frozenset({"type", "enum", "const"})


class TypeFaults(msgspec.Struct):
    """What was found; `renames` are misspelt keys and what each was probably meant to be."""

    findings: list[Finding]
    renames: list[tuple[Path, str]]


def type_faults(plain: object, schema: dict[str, Any], source: Callable[[Path], str]) -> TypeFaults:
    """Enumerate the faults of form in a decoded file, up to MOST_FAULTS; `source` spells a value as the file does."""
    reader = _Reader(schema, source)
    errors = Draft202012Validator(schema).iter_errors(plain)
    findings: list[Finding] = []
    for finding in islice(chain.from_iterable(map(reader.findings, errors)), MOST_FAULTS):
        if finding not in findings:
            findings.append(finding)
    meant = [(*path[:-1], key) for path, key in reader.renames]  # there, if misspelt: not missing
    return TypeFaults([finding for finding in findings if finding.path not in meant], reader.renames)


class _Reader:
    """Puts jsonschema's errors into the words of a fault."""

    def __init__(self, schema: dict[str, Any], source: Callable[[Path], str]) -> None:
        self._definitions: dict[str, Any] = schema["$defs"]
        self._source = source
        self.renames: list[tuple[Path, str]] = []

    def findings(self, error: ValidationError) -> Iterator[Finding]:
        path = _path(error)
        if error.validator == "anyOf":
            yield from self._alternatives(error, path)
        elif error.validator == "additionalProperties":
            yield from self._unknown(error, path)
        elif error.validator == "required":
            yield from self._missing(error, path)
        elif "propertyNames" in error.relative_schema_path:
            yield Finding(
                (*path, str(error.instance)), msgspec.UNSET, f"a key that is {self._described(_schema(error))}"
            )
        else:
            yield self._wrong(error, path)

    def _wrong(self, error: ValidationError, path: Path) -> Finding:
        schema = _schema(error)
        return Finding(path, error.instance, f"{self._described(schema)}{self._hint(error.instance, path, schema)}")

    def _hint(self, instance: object, path: Path, schema: dict[str, Any]) -> str:
        branches = [self._resolved(branch) for branch in self._resolved(schema).get("anyOf", [schema])]
        if isinstance(instance, str):
            if instance in _FORMER:
                return f" (did you mean {_FORMER[instance]}?)"
            near = did_you_mean(instance, [str(word) for branch in branches for word in branch.get("enum", ())])
            return near or self._as_mapping(instance, branches)
        if isinstance(instance, int | float) and any(branch.get("type") == "string" for branch in branches):
            text = "it" if is_secret(path) else f'"{self._source(path)}"'
            return f": write {text} in quotes"  # YAML makes a number of it, and eats leading zeros
        return ""

    def _as_mapping(self, text: str, branches: list[dict[str, Any]]) -> str:
        """Show the mapping that a text was written instead of, where there is one key that it must have."""
        for branch in branches:
            match branch.get("required"):
                case [key]:
                    is_number = _NUMBER in str(self._resolved(branch["properties"][key]).get("title", ""))
                    return (
                        f', as {{{key}: "201"}}' if is_number and not text.isdecimal() else f', as {{{key}: "{text}"}}'
                    )
        return ""

    def _alternatives(self, error: ValidationError, path: Path) -> Iterator[Finding]:
        """Go into the alternative of the value's own kind, if there is one; else name them all."""
        branches: dict[int, list[ValidationError]] = {}
        for inner in error.context or ():
            branches.setdefault(int(inner.schema_path[0]), []).append(inner)
        for inners in branches.values():
            if not any(inner.validator in _KIND and not inner.path for inner in inners):
                for inner in inners:
                    yield from self.findings(inner)
                return
        yield self._wrong(error, path)

    def _unknown(self, error: ValidationError, path: Path) -> Iterator[Finding]:
        known: list[str] = list(_schema(error).get("properties", ()))
        what = "a vendor that is known here" if path == ("vendors",) else "a key that is known here"
        holder: dict[str, object] = _instance(error)
        for key, value in holder.items():
            if key not in known:
                listed, meant = ", ".join(known) or "there is none", nearest(key, known)
                hint = "" if meant is None else f" (did you mean {meant}?)"
                yield Finding((*path, key), value, f"{what}{hint}: {listed}")
                if meant is not None and meant not in holder:
                    self.renames.append(((*path, key), meant))

    def _missing(self, error: ValidationError, path: Path) -> Iterator[Finding]:
        schema, holder = _schema(error), _instance(error)
        for key in schema["required"]:
            if key not in holder:
                described = self._described(schema["properties"][key])
                yield Finding((*path, key), msgspec.UNSET, f"{described}; it is missing")

    def _described(self, schema: dict[str, Any]) -> str:
        """Say in words what a schema allows."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return " or ".join(self._described(branch) for branch in schema["anyOf"] if branch.get("type") != "null")
        if "enum" in schema:
            return f"one of {', '.join(map(str, schema['enum']))}"
        if schema.get("type") != "object" and "title" in schema:
            return f"{schema['title']}{_bounds(schema)}"
        return f"{_WORDS.get(str(schema.get('type')), 'another value')}{_bounds(schema)}"

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref")
        return schema if reference is None else self._definitions[reference.removeprefix("#/$defs/")]


def _path(error: ValidationError) -> Path:
    return tuple(part if isinstance(part, int) else str(part) for part in error.absolute_path)


def _schema(error: ValidationError) -> dict[str, Any]:
    return dict(error.schema) if isinstance(error.schema, Mapping) else {}


def _instance(error: ValidationError) -> dict[str, object]:
    return error.instance if isinstance(error.instance, dict) else {}


def _bounds(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    if low is not None:
        return f", at least {low}"
    fewest, most = schema.get("minItems"), schema.get("maxItems")
    if fewest is not None:
        return f" of {fewest}" if fewest == most else f" of at least {fewest}"
    if most is not None:
        return f" of at most {most}"
    shortest = schema.get("minLength")
    return ", not empty" if shortest == 1 and "title" not in schema else ""
