"""What was asked of a PBX as a test to go on from, or as lines for a shell; no credential of the PBX file is in either.

The test takes the credentials from the PBX that it gets, the lines from the shell's variables. Times are spans between
the steps, so that it does not matter when the clock begins.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from shlex import quote as quoted
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

import msgspec

from pbxsim import __version__
from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.config.load import built_in
from pbxsim.pbx.cdr import CdrQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.session import Session, Step

_LEFT_OUT: Final = frozenset({"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"})
_CONTROL: Final = "/_pbxsim"

_TEST: Final = '''"""What was asked of the PBX {name}, recorded by pbxsim {version}: a test to go on from."""

import os
from base64 import b64encode
from http.client import HTTPConnection
from urllib.parse import quote_plus, urlsplit

import pytest

pytestmark = pytest.mark.pbx(file={file!r}, seed={seed})


def basic(user, password):
    """Spell a user and a password as HTTP Basic does."""
    return b64encode(f"{{user}}:{{password}}".encode()).decode()


def send(pbx, method, target, headers, body):
    """Send what the client sent."""
    server = urlsplit(pbx.url)
    connection = HTTPConnection(server.hostname, server.port, timeout=60)
    try:
        connection.request(method, target, body.encode("latin-1"), headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_what_was_recorded(pbx):
{body}
'''


class Export:
    """Spells a session. `vendors` is that section of the PBX's file."""

    def __init__(self, host: HostedPbx, session: Session, vendors: Mapping[str, object]) -> None:
        self._host = host
        self._session = session
        self._places = dict(_places(vendors, ()))
        self._used: dict[int, str] = {}

    def as_pytest(self) -> str:
        """Give a test that does all of it and expects the calls' records that there are now."""
        lines = [line for step in self._steps() for line in self._in_python(*step)]
        fields = [
            (cdr.src, cdr.dst, str(cdr.disposition), cdr.billsec)
            for cdr in self._host.pbx.cdrs.find(CdrQuery())
            if cdr.call
        ]
        lines.append("records = [(cdr.src, cdr.dst, cdr.disposition, cdr.billsec) for cdr in pbx.cdrs if cdr.call]")
        lines += ["assert records == [", *(f"    {each!r}," for each in fields), "]"]
        known = [f"secret_{number} = {self._in_file(number)}" for number in sorted(self._used)]
        name = self._host.name
        return _TEST.format(
            name=name,
            version=__version__,
            file=name if name in built_in() else f"{name}.yaml",
            seed=self._host.seed,
            body="\n".join(f"    {line}" for line in (*known, *lines)),
        )

    def as_curl(self) -> str:
        """Give lines for a shell, whose variables have the server's URL and the credentials."""
        lines = [line for step in self._steps() for line in self._in_shell(*step)]
        known = [f': "${{{name}:?{where}}}"' for name, where in sorted(self._variables())]
        return "\n".join(('PBX="${PBX:-http://127.0.0.1:8080}"', *known, *lines, ""))

    def _steps(self) -> Iterator[tuple[int, Step]]:
        """Give each step with the time since the one before it."""
        before = parse_iso(self._session.head.began)
        for step in self._session.steps():
            at = parse_iso(step.at)
            yield at - before, step
            before = at

    # -- Python ---------------------------------------------------------------------------------------------------

    def _in_python(self, span: int, step: Step) -> Iterator[str]:
        if span or step.does == "moved":
            yield f"pbx.advance({span / SECOND:g})" if span % SECOND == 0 else f"pbx.advance({span / SECOND!r})"
        if step.does == "command":
            path = self._expression(step.target.removeprefix(_CONTROL))
            body = f", {msgspec.json.decode(step.body.encode('latin-1'))!r}" if step.body else ""
            yield f"pbx.ask({step.method!r}, {path}{body})"
        elif step.does == "request":
            sent = {name: value for name, value in step.headers.items() if name.lower() not in _LEFT_OUT}
            headers = ", ".join(f"{self._expression(name)}: {self._expression(value)}" for name, value in sent.items())
            method, target, body = map(self._expression, (step.method, step.target, step.body))
            yield f"send(pbx, {method}, {target}, {{{headers}}}, {body})"

    def _expression(self, text: str) -> str:
        """Spell a text with credentials in it as an expression."""
        parts = []
        for piece in self._session.marks.pieces(text):
            if isinstance(piece, str):
                parts.append(repr(piece))
                continue
            number, spelt = piece
            self._used[number] = spelt
            is_plain = spelt == self._session.marks.secrets[number]
            parts.append(f"secret_{number}" if is_plain else f"quote_plus(secret_{number})")
        return " + ".join(parts) or "''"

    def _in_file(self, number: int) -> str:
        """Say where a test finds a credential: in its PBX's section `vendors`, else in the environment."""
        secret = self._session.marks.secrets[number]
        if secret in self._places:
            return "pbx.vendors" + "".join(f"[{part!r}]" for part in self._places[secret])
        try:
            user, _, password = b64decode(secret, validate=True).decode().partition(":")
        except (Error, UnicodeDecodeError):
            user = password = ""
        if password in self._places:
            return f"basic({user!r}, pbx.vendors" + "".join(f"[{part!r}]" for part in self._places[password]) + ")"
        return f'os.environ["SECRET_{number}"]'

    # -- shell ----------------------------------------------------------------------------------------------------

    def _in_shell(self, span: int, step: Step) -> Iterator[str]:
        if span or step.does == "moved":
            move = f"-H 'Content-Type: application/json' -d '{{\"seconds\": {span / SECOND!r}}}'"
            yield f'curl -sS "$PBX"{_CONTROL}/clock/advance {move}'
        if step.does == "moved":
            return
        headers = {"Content-Type": "application/json"} if step.does == "command" else step.headers
        sent = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in _LEFT_OUT]
        more = [f"-H {self._word(each)}" for each in sent]
        more += [f"--data-binary {self._word(step.body)}"] if step.body else []
        yield " ".join(["curl -sS -X", self._word(step.method), '"$PBX"' + self._word(step.target), *more])

    def _word(self, text: str) -> str:
        parts = []
        for piece in self._session.marks.pieces(text):
            if isinstance(piece, str):
                parts.append(quoted(piece))
                continue
            number, spelt = piece
            self._used[number] = spelt
            is_plain = spelt == self._session.marks.secrets[number]
            parts.append(f'"$SECRET_{number}"' if is_plain else f'"$SECRET_{number}_ENCODED"')
        return "".join(parts) or "''"

    def _variables(self) -> Iterator[tuple[str, str]]:
        for number in self._used:
            where = self._in_file(number).replace('"', "").replace("'", "")
            yield f"SECRET_{number}", where
            if quote_plus(self._session.marks.secrets[number]) != self._session.marks.secrets[number]:
                yield f"SECRET_{number}_ENCODED", f"the same, percent-encoded: {where}"


def _places(settings: object, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Give each text below some settings with its place."""
    if isinstance(settings, msgspec.Struct):
        for field, name in zip(settings.__struct_fields__, settings.__struct_encode_fields__, strict=True):
            yield from _places(getattr(settings, field), (*path, name))
    elif isinstance(settings, dict):
        for key, value in settings.items():
            yield from _places(value, (*path, key))
    elif isinstance(settings, list | tuple):
        for place, value in enumerate(settings):
            yield from _places(value, (*path, place))
    elif isinstance(settings, str) and settings:
        yield settings, path
