"""What a request to the control API says, read strictly: its query, its body, the values in its path, and which PBX."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin
from urllib.parse import unquote_plus

import msgspec

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.kit.json_body import byte_order_mark
from pbxsim.kit.near_miss import nearest
from pbxsim.pbx.dtmf import KEYS
from pbxsim.web.control.response import Problem

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts

S = TypeVar("S", bound=msgspec.Struct)

_LARGEST = 2.0**63
_WHOLE: Final = re.compile(r"(-?[0-9]+)\.0+")
_UNKNOWN_FIELD: Final = re.compile(r"Object contains unknown field `([^`]*)`")
_WRONG_VALUE: Final = re.compile(r"Invalid enum value '([^']*)' - at `\$\.(\w+)`")

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]
"""A number as a client may give it: no blanks, no control characters."""

Keys = Annotated[str, msgspec.Meta(pattern=KEYS)]
"""What is pressed: digits, with pauses between them."""


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No filters, or no command: whatever is given is too much."""


def pbx_meant(hosts: Hosts, params: Mapping[str, str]) -> HostedPbx:
    """Pick the PBX that `?pbx=` names; the first where it names none. Raises Problem 404."""
    name = params.get("pbx")
    if name is None:
        return hosts.first()
    host = hosts.named(name)
    if host is None:
        raise Problem(404, f"no PBX is named {name!r}; there are: {', '.join(hosts.names())}")
    return host


def query_of(params: Mapping[str, str], kind: type[S]) -> S:
    """Read a query. Raises Problem 400 for a name that is not known here, or a value that does not fit.

    A filter that is given has a value: `null` is no other way to leave it out, and a party may be called so.
    """
    read: dict[str, object] = {}
    filters = _filters(kind)
    for name, text in params.items():
        if name == "pbx":
            continue
        if name not in filters:
            raise Problem(400, f"query: Object contains unknown field `{name}`{_meant(name, filters)}")
        attribute, form = filters[name]
        try:
            read[attribute] = _converted(text, form)
        except msgspec.ValidationError as error:
            told = _one_of(text, error, form)
            raise Problem(400, f"query: {error} - at `$.{name}`{told}") from None
    return kind(**read)


def _converted(text: str, form: Any) -> object:  # noqa: ANN401 - a type of any kind
    """Read a value. `1.0` is a whole number, as in JSON Schema: the oldest msgspec that we allow reads none such."""
    try:
        return msgspec.convert(text, form, strict=False)
    except msgspec.ValidationError:
        whole = _WHOLE.fullmatch(text)
        value = None if whole is None else msgspec.convert(whole[1], form, strict=False)
        if value is None or isinstance(value, bool):
            raise
        return value


def refuse_repetitions(query: str) -> None:
    """See that nothing is given twice, for one of the two would not be looked at. Raises Problem 400."""
    names = Counter(unquote_plus(pair.partition("=")[0]) for pair in query.split("&") if pair)
    for name, count in names.items():
        if count > 1:
            raise Problem(400, f"query: `{name}` is given {count} times")


@cache
def _filters(kind: type[msgspec.Struct]) -> Mapping[str, tuple[str, Any]]:
    """Give what a query may say: by its name there the attribute, and the form of a value that is given."""
    return {field.encode_name: (field.name, _given(field.type)) for field in msgspec.structs.fields(kind)}


def _given(form: Any) -> Any:  # noqa: ANN401 - any annotation
    if get_origin(form) not in (Union, UnionType):
        return form
    return Union[tuple(each for each in get_args(form) if each is not NoneType)]  # noqa: UP007 - made of a tuple


def body_of(body: bytes, kind: type[S]) -> S:
    """Read a body, a JSON object; none at all is an empty one. Raises Problem 400 where it does not fit.

    A number without a fraction is whole, however it is spelt: `1.0` is 1, as in JSON Schema.
    """
    try:
        given = msgspec.json.decode(body or b"{}", type=dict[str, Any])
        return msgspec.convert({name: _whole(value) for name, value in given.items()}, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"body: {byte_order_mark(body) or f'{error}{_body_hint(str(error), kind)}'}") from None


def _body_hint(error: str, kind: type[msgspec.Struct]) -> str:
    """Say which field an unknown one was probably meant to be, or what one that is wrong may be."""
    field = _UNKNOWN_FIELD.fullmatch(error)
    fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    if field is not None:
        return _meant(field[1], fields)
    wrong = _WRONG_VALUE.fullmatch(error)
    return _one_of(wrong[1], error, fields.get(wrong[2])) if wrong is not None else ""


def _meant(name: str, known: Iterable[str]) -> str:
    """Say which name was probably meant, or all there are where none is near."""
    names = list(known)
    near = nearest(name, names)
    return (
        f": did you mean `{near[0]}`?" if near else f"; there are: {', '.join(names)}" if names else "; there is none"
    )


def _one_of(text: str, error: object, form: object) -> str:
    """Say what a value may be that is one of a few."""
    if "enum" not in str(error):
        return ""
    words = [str(word) for word in _words(form)]
    near = nearest(text, words)
    meant = f": did you mean {near[0]!r}?" if near else ""
    return f"{meant}; one of {', '.join(words)}" if words else ""


def _words(form: object) -> Iterator[object]:
    if get_origin(form) is Literal:
        yield from get_args(form)
    elif isinstance(form, type) and issubclass(form, Enum):
        yield from (member.value for member in form)
    else:
        for part in get_args(form):
            yield from _words(part)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST else value


def number_of(name: str, text: str) -> int:
    """Read a value in the path that is a number. Raises Problem 404: nothing has another kind of number."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Problem(404, f"{name} {text!r} is no number")
    return int(text)


def moment(name: str, text: str | None) -> Instant | None:
    """Read a filter that is a moment. Raises Problem 400 for anything but ISO 8601."""
    if text is None:
        return None
    for spelling in (text, text.replace(" ", "+")):  # an unencoded `+01:00` arrives as a blank
        try:
            return parse_iso(spelling)
        except (ValueError, OverflowError):
            continue
    raise Problem(
        400, f"query: {name} is a moment in ISO 8601, like 2026-01-01T00:00:00Z, not {text!r}; parties are src and dst"
    )
