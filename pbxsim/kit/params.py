"""Parameters of query and form, read as PHP reads them.

Source: RFC 1866 8.2.1, PHP's main/php_variables.c: split at `&`, `+` is a blank, `%XX` a byte, the last of a name wins;
what comes behind the first `max_input_vars` is left out.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from itertools import filterfalse
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from pbxsim.kit.limits import LONGEST_TOLD, MOST_TOLD, USUAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.kit.limits import RequestLimits

StructT = TypeVar("StructT", bound=msgspec.Struct)

UNREADABLE: Final = "\x00"
"""Stands for bytes that are no UTF-8; a control character, so that it is refused as one."""

_CONTROL: Final = "[\x00-\x1f\x7f\ud800-\udfff]"
_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code not in b"%+&=")  # what stands for itself
_AS_QUOTED_PRINTABLE: Final = bytes.maketrans(b"%+", b"= ")


class Params(dict[str, str]):
    """Names and values, decoded. An absent parameter reads as empty, as most PHP scripts treat the two alike.

    `unread` says what was left out, because there was too much of it, or because another value of the name came later.
    `is_plain`: known to hold no control character.
    """

    unread: tuple[str, ...] = ()
    is_plain = False
    _read: Any = None  # the struct that was last read

    def leave_out(self, why: str) -> None:
        """Note that something was not read, and why; the first ten such things are kept."""
        if len(self.unread) < MOST_TOLD:
            self.unread += (why,)

    def take(self, name: str, value: str, limits: RequestLimits) -> None:
        """Add a parameter, unless its name or value is too long."""
        if len(name) > limits.parameter_name:
            self.leave_out(f"parameter {name[:LONGEST_TOLD]!r}… was not read: longer than {limits.parameter_name}")
        elif len(value) > limits.parameter_value:
            told = f"parameter {name[:LONGEST_TOLD]!r} was not read: its value is longer than {limits.parameter_value}"
            self.leave_out(told)
        else:
            if name in self:
                self.repeat(name, "")
            self[name] = value

    def repeat(self, name: str, where: str) -> None:
        """Note that a name came more than once, `where` if it is more than one place: the value noted last counts."""
        told = f"parameter {name[:LONGEST_TOLD]!r} came more than once{where}: its last value counts"
        if told not in self.unread:
            self.leave_out(told)

    if TYPE_CHECKING:

        def text(self, name: str) -> str:
            """Give a value; empty if it was not sent."""
    else:  # asked some twenty times for each request: both as they stand in C
        text = dict.__getitem__
        __missing__ = "".removeprefix  # which gives an empty text for any name

    def given(self, names: Iterable[str]) -> list[str]:
        """Give those of `names` that were sent with a value, in the order of `names`."""
        return list(filter(self.get, names))

    def missing(self, names: Iterable[str]) -> list[str]:
        """Give those of `names` that were not sent, or sent empty."""
        return list(filterfalse(self.get, names))

    def read(self, kind: type[StructT]) -> StructT:
        """Give all that a struct of texts has fields for, read at once; what was not sent is as the struct has it.

        To ask for one parameter after the other takes longer. It is read once, when nothing of it changes any more.
        """
        found = self._read
        if type(found) is not kind:
            found = self._read = msgspec.convert(self, kind)
        return found

    def unclean(self) -> str | None:
        """Give the first name whose name or value holds a control character (below 0x20, or DEL) or was no UTF-8."""
        if self.is_plain:
            return None
        for name, value in self.items():
            if has_control(value) or has_control(name):
                return name
        return None


class _PlainParams(Params):
    is_plain = True


def has_control(text: str) -> bool:
    """Tell whether text holds a control character; those could break AMI, SIP, a file name or a mail header."""
    return not text.isprintable() and re.search(_CONTROL, text) is not None  # seldom searched: it is compiled then


def parse_query(query: str, limits: RequestLimits = USUAL) -> Params:
    """Read the text behind `?`."""
    params = _as_they_are(query, limits) if query else Params()
    if params is None:
        params = Params()
        params.is_plain = _is_plain(query)
        for pair in _pairs(query, params, limits.parameters):
            name, _, value = pair.partition("=")
            if name:
                params.take(_decoded(name), _decoded(value), limits)
    return params


def _as_they_are(query: str, limits: RequestLimits) -> Params | None:
    """Read nearly every query: nothing encoded, short, and each parameter a name with its value, once. None: another.

    Without its plain characters such a query is an `=` for each parameter and a `&` between two: all that is otherwise
    shows in this one comparison.
    """
    if not query.isascii():
        return None
    marks = query.encode().translate(None, _PLAIN)
    count = (len(marks) + 1) // 2
    if not count or count > limits.parameters or marks != (b"=&" * count)[:-1]:
        return None
    parts = iter(query.replace("&", "=").split("="))
    read = _PlainParams(zip(parts, parts))  # noqa: B905 - there are two for each `=`, and `strict` costs
    if len(read) < count or "" in read or (len(query) > limits.parameter_name and _has_longer(read, limits)):
        return None
    return read


def _has_longer(read: Params, limits: RequestLimits) -> bool:
    return max(map(len, read)) > limits.parameter_name or max(map(len, read.values())) > limits.parameter_value


def parse_form(body: bytes, limits: RequestLimits = USUAL) -> Params:
    """Read a body of type application/x-www-form-urlencoded."""
    return parse_query(body.decode("latin-1"), limits)


def _pairs(query: str, params: Params, most: int) -> list[str]:
    pairs = query.split("&", most)
    if len(pairs) > most and pairs.pop().strip("&"):
        params.leave_out(f"more than {most} parameters: those behind were not read")
    return pairs


def _is_plain(text: str) -> bool:
    """Tell whether text stands for itself: nothing in it is encoded, none of it is a control character."""
    return "%" not in text and "+" not in text and text.isascii() and text.isprintable()


def _decoded(text: str) -> str:
    """Decode a name or a value: its bytes, some as they are and some as `%XX`, are UTF-8, or else Latin-1 and `%XX`.

    `text` has a character for each byte that came, or is what a program of ours has as text.
    """
    if _is_plain(text):
        return text
    for encoding in ("latin-1", "utf-8"):
        try:
            return _text(text.encode(encoding))
        except UnicodeError:
            continue
    return text + UNREADABLE


def _text(sent: bytes) -> str:
    """Read bytes of UTF-8 as urllib.parse.unquote_plus does: a `%` without two digits stays. Raises UnicodeError.

    urllib takes a step of Python for each `%`, of which a form may have a million. Quoted-printable (RFC 2045, 6.7) is
    the same with `=` for `%`, and read in C. What it has beyond (a `=` at a line's end, two of them) is spelt out
    before, and 0xFF, which UTF-8 never has, stands meanwhile for a `=`: one that is left over was a `%` without digits.
    """
    if b"%" not in sent:
        return sent.replace(b"+", b" ").decode()
    if b"\xff" in sent or b"%ff" in sent.lower():
        raise UnicodeError
    sent = sent.replace(b"%%", b"%25%").replace(b"%%", b"%25%")  # of three in a row the first time finds but two
    sent = sent.replace(b"%\r", b"%25\r").replace(b"%\n", b"%25\n") + (b"25" if sent.endswith(b"%") else b"")
    sent = sent.replace(b"=", b"\xff").replace(b"%3D", b"%FF").replace(b"%3d", b"%FF")
    return a2b_qp(sent.translate(_AS_QUOTED_PRINTABLE)).replace(b"=", b"%").replace(b"\xff", b"=").decode()
