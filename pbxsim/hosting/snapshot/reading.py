"""Puts what a document says into a PBX that has just begun. What does not fit is refused; see writing.py for the form.

Objects are made without anything of them being run, and only of classes that are allowed. The parts of the PBX that the
document changes are those that change by themselves, too; what lies outside of its state cannot be named at all.
"""

from __future__ import annotations

from collections import deque
from inspect import get_annotations
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.clock.scheduler import Scheduler, as_pending
from pbxsim.hosting.snapshot.allowed import SPELLINGS, WHOLE, Allowed
from pbxsim.hosting.snapshot.borders import class_name, is_outside
from pbxsim.hosting.snapshot.graph import fields_of, has_fields, is_container, is_frozen, is_scalar
from pbxsim.hosting.snapshot.secret_marks import UnknownMark
from pbxsim.native import is_bound, unmade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pbxsim.hosting.snapshot.graph import Numbered

_CONTAINERS: Final[Mapping[str, Callable[[], Any]]] = {"list": list, "dict": dict, "set": set}
_SIMPLE: Final[Mapping[str, tuple[type, ...]]] = {
    "int": (int,),
    "Instant": (int,),
    "Duration": (int,),
    "Money": (int,),
    "TimerId": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "bytes": (bytes,),
}


class Unfit(ValueError):
    """A document says what cannot be; says what."""


class Reader:
    """Reads a document's values for one PBX, whose parts are numbered. `shown` puts secrets into texts."""

    def __init__(self, twin: Numbered, shown: Callable[[str], str], allowed: Allowed) -> None:
        self._twin = twin
        self._shown = shown
        self._allowed = allowed
        self._objects: list[Any] = []
        self._read: Mapping[str, Callable[[Any], object]] = {
            "$": self._part,
            "#": self._object,
            "t": lambda given: tuple(map(self.value, _list(given))),
            "f": lambda given: frozenset(map(self.value, _list(given))),
            "b": lambda given: self._text(given).encode("latin-1"),
            "e": self._member,
            "m": self._method,
            "s": self._spelling,
            "x": _number,
        }

    def value(self, given: Any) -> Any:  # noqa: ANN401 - whatever a PBX holds
        """Read what stands in a field or in a container. Raises Unfit."""
        if isinstance(given, str):
            return self._text(given)
        if given is None or isinstance(given, int | float):
            return given
        if isinstance(given, dict) and len(given) == 1:
            ((how, what),) = given.items()
            if how in self._read:
                try:
                    return self._read[how](what)
                except (TypeError, ValueError) as error:
                    raise error if isinstance(error, Unfit) else Unfit(f"{how}: {error}") from None
        raise Unfit("a value of no known form")

    def make(self, classes: Mapping[str, Sequence[str]], objects: Sequence[Sequence[Any]]) -> None:
        """Make all that is new: first every object, then what each holds. Raises Unfit."""
        for given in objects:
            self._objects.append(self._empty(given, classes))
        for is_filled in (False, True):  # containers last: a key or member must be whole before it is put in
            for made, given in zip(self._objects, objects, strict=True):
                if is_container(made) and is_filled:
                    self.fill(made, given[2:] if isinstance(made, deque) else given[1:])
                elif not is_container(made) and not is_filled:
                    self._fill_fields(made, dict(zip(classes[given[0]], given[1:], strict=True)))

    def change(self, changes: Sequence[Sequence[Any]]) -> None:
        """Change parts of the PBX. Raises Unfit."""
        for given in changes:
            if len(given) != 2:
                raise Unfit("a change is a number and what is otherwise")
            part, what = self._part(given[0]), given[1]
            if is_container(part) and isinstance(what, list):
                self.fill(part, what)
            elif isinstance(what, dict) and has_fields(type(part)) and not is_frozen(type(part)):
                self._change_fields(part, what)
            else:
                raise Unfit(f"part {given[0]}, a {class_name(type(part))}, does not change so")

    def fill(self, container: Any, given: Sequence[Any]) -> None:  # noqa: ANN401 - any kind of container
        """Have a container hold this and nothing else. Raises Unfit."""
        values = [self.value(each) for each in given]
        try:
            container.clear()
            if isinstance(container, dict):
                container.update(zip(values[::2], values[1::2], strict=True))
            elif isinstance(container, set):
                container.update(values)
            else:
                container.extend(values)
        except (TypeError, ValueError) as error:
            raise Unfit(f"a {type(container).__name__}: {error}") from None

    def _empty(self, given: Sequence[Any], classes: Mapping[str, Sequence[str]]) -> object:
        name = given[0] if given and isinstance(given[0], str) else ""
        if name in _CONTAINERS:
            return _CONTAINERS[name]()
        if name == "deque" and len(given) > 1 and (given[1] is None or isinstance(given[1], int)):
            return deque(maxlen=given[1])
        kind = self._allowed.classes.get(name)
        if kind is None or name not in classes or len(given) != len(classes[name]) + 1:
            raise Unfit(f"no snapshot holds a {name!r} like that")
        if issubclass(kind, msgspec.Struct):
            if list(classes[name]) != list(kind.__struct_fields__):
                raise Unfit(f"a {name} has other fields")
            return kind(**dict.fromkeys(kind.__struct_fields__))
        return unmade(kind)

    def _fill_fields(self, made: object, given: Mapping[str, Any]) -> None:
        kind = type(made)
        for name, spelt in given.items():
            value = self.value(spelt)
            _check(kind, name, value)
            _set(made, name, value)

    def _change_fields(self, part: object, given: Mapping[str, Any]) -> None:
        known = fields_of(part)
        for name, spelt in given.items():
            if name not in known or is_outside(getattr(part, name)):
                raise Unfit(f"a {class_name(type(part))} has no {name} that changes")
            if isinstance(part, Scheduler) and name == "_heap":
                value: object = self._heap(spelt)
            elif isinstance(part, Scheduler) and name == "_cancelled":
                value = set()
            else:
                value = self.value(spelt)
                _check_like(getattr(part, name), value, name)
            _set(part, name, value)

    def _heap(self, given: object) -> list[object]:
        if not isinstance(given, dict) or set(given) != {"h"}:
            raise Unfit("what a clock is to do has another form")
        entries = [self.value(each) for each in _list(given["h"])]
        for entry in entries:
            if not (isinstance(entry, tuple) and len(entry) == 4 and _is_timer(entry)):
                raise Unfit("a timer has another form")
        return [as_pending(entry) for entry in entries]

    # -- kinds of values ------------------------------------------------------------------------------------------

    def _text(self, given: object) -> str:
        if not isinstance(given, str):
            raise Unfit("a text is expected")
        try:
            return self._shown(given)
        except UnknownMark:
            raise Unfit("a text names a secret that the PBX file has not") from None

    def _part(self, given: object) -> Any:  # noqa: ANN401 - any part
        if type(given) is not int or not 0 <= given < len(self._twin.things):
            raise Unfit(f"the PBX has no part {given!r}")
        return self._twin.things[given]

    def _object(self, given: object) -> object:
        if type(given) is not int or not 0 <= given < len(self._objects):
            raise Unfit(f"the document has no object {given!r}")
        return self._objects[given]

    def _member(self, given: object) -> object:
        member = self._allowed.member(given) if isinstance(given, str) else None
        if member is None:
            raise Unfit(f"no snapshot holds {given!r}")
        return member

    def _method(self, given: object) -> object:
        whose, name = _list(given)
        thing = self.value(whose)
        if not isinstance(name, str) or not self._allowed.has_timer(type(thing), name):
            raise Unfit(f"no clock calls {name!r} of a {class_name(type(thing))}")
        return getattr(thing, name)

    def _spelling(self, given: object) -> object:
        if given not in SPELLINGS.by_name:
            raise Unfit(f"the journal does not spell by {given!r}")
        return SPELLINGS.by_name[str(given)]


def _list(given: object) -> list[Any]:
    if not isinstance(given, list):
        raise Unfit("a list is expected")
    return given


def _number(given: object) -> object:
    text = str(given)
    return float(text) if text in ("inf", "-inf", "nan") else int(text)


def _is_timer(entry: tuple[Any, ...]) -> bool:
    return type(entry[0]) is int and type(entry[1]) is int and is_bound(entry[2])


def _set(thing: object, name: str, value: object) -> None:
    try:
        if isinstance(thing, msgspec.Struct):
            _field(type(thing), name).__set__(
                thing, value
            )  # a frozen one too; msgspec has no word for that before 0.19
        else:
            object.__setattr__(thing, name, value)
    except (AttributeError, TypeError) as error:
        raise Unfit(str(error)) from None


def _field(kind: type, name: str) -> MemberDescriptorType:
    """Give what a class has for a field. Raises AttributeError."""
    found = getattr(kind, name)
    if not isinstance(found, MemberDescriptorType):
        raise AttributeError(f"{kind.__qualname__} has no field {name}")
    return found


def _check(kind: type, name: str, value: object) -> None:
    """See that a field holds what its class says of it, as far as that is simple."""
    if name in WHOLE.get(kind, ()) and type(value) is not int:
        raise Unfit(f"{class_name(kind)}.{name} is int, not {type(value).__name__}")
    for base in kind.__mro__:
        said = get_annotations(base).get(name)
        if isinstance(said, str):
            parts = [part.strip() for part in said.split("|")]
            wanted = [_SIMPLE.get(part) for part in parts if part != "None"]
            if None in wanted or (value is None and "None" in parts):
                return
            if type(value) not in {each for one in wanted if one for each in one}:
                raise Unfit(f"{class_name(kind)}.{name} is {said}, not {type(value).__name__}")
            return


def _check_like(before: object, value: object, name: str) -> None:
    """See that a value takes the place of one of its kind: a number of a number, a part of a part."""
    if before is None or value is None:
        return
    if is_scalar(before) != is_scalar(value) or (is_scalar(before) and not _alike(before, value)):
        raise Unfit(f"{name} is a {type(before).__name__}, not a {type(value).__name__}")


def _alike(before: object, value: object) -> bool:
    numbers = (int, float)
    return type(before) is type(value) or (type(before) in numbers and type(value) in numbers)
