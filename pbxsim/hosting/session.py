"""All that was asked of a PBX since it began, spelt so that it can leave the process: without any secret.

Where a credential of the PBX file stood there is a mark, in the place of which the credentials of the file that is
served are put in again (snapshot/secret_marks.py); a secret that is none of the file's is struck out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pbxsim import __version__
from pbxsim.clock.instant import iso
from pbxsim.hosting.secret_values import MASK
from pbxsim.hosting.snapshot.snapshot import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pbxsim.hosting.commands import Asked
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.request_log import RequestRecord
    from pbxsim.hosting.snapshot.secret_marks import SecretMarks


_NEEDLESS: Final = re.compile(  # what a URL (RFC 3986, 2.3: letters, digits, -._~) or JSON may escape, but need not
    r"%(2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)|\\u00(2[013-9A-F]|[346][0-9A-F]|5[0-9ABD-F]|7[0-9A-E])",
    re.IGNORECASE,
)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Of which PBX it is, and where it began. `gap` says why it cannot be had again; empty: it can."""

    pbxsim: str
    pbx: str
    seed: int
    began: str
    begun: str
    gap: str


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done from outside. A body has a letter for each byte.

    `does`: a client's `request` to a vendor, a `command` of the control API, or the clock was `moved` to `at`. A
    request that reached no vendor has none.
    """

    at: str
    does: Literal["request", "command", "moved"]
    vendor: str = ""
    method: str = ""
    target: str = ""
    headers: dict[str, str] = {}
    body: str = ""
    remote: str = ""
    fault: str = ""


class Session:
    """What was asked of a PBX, from its beginning on."""

    def __init__(self, host: HostedPbx) -> None:
        self._host = host
        self.marks, self._begun = file_of(host)

    @property
    def head(self) -> Head:
        """Say of which PBX it is."""
        host = self._host
        return Head(
            pbxsim=__version__,
            pbx=host.name,
            seed=host.seed,
            began=iso(host.commands.began),
            begun=self._begun,
            gap=self._gap(),
        )

    def steps(self) -> Iterator[Step]:
        """Give all that was done, in order."""
        records = self._host.requests.records()
        record = next(records, None)
        for asked in self._host.commands:
            while record is not None and record.seq <= asked.requests:
                yield self._request(record)
                record = next(records, None)
            yield self._command(asked)
        while record is not None:
            yield self._request(record)
            record = next(records, None)

    def _gap(self) -> str:
        host = self._host
        kept = list(host.requests.records())
        if host.commands.gap:
            return host.commands.gap
        if len(kept) < host.requests.counted:
            return "the first requests are forgotten"
        cut = next((record.seq for record in kept if record.is_cut), None)
        return f"request {cut} is too long to be kept whole" if cut is not None else ""

    def _command(self, asked: Asked) -> Step:
        if not asked.method:
            return Step(at=iso(asked.at), does="moved")
        body = self._hidden(asked.body.decode("latin-1"))
        target = self._hidden(_for_any_pbx(asked.target))
        return Step(at=iso(asked.at), does="command", method=asked.method, target=target, body=body)

    def _request(self, record: RequestRecord) -> Step:
        request = record.request
        unknown = self._host.requests.secrets(record)
        return Step(
            at=iso(record.at),
            does="request",
            vendor=record.vendor,
            method=self._hidden(request.method),
            target=self._hidden(f"{request.path}?{request.query}" if request.query else request.path, unknown),
            headers={self._hidden(str(name)): self._hidden(value, unknown) for name, value in request.headers.items()},
            body=self._hidden(request.body.decode("latin-1"), unknown),
            remote=request.remote,
            fault=request.fault,
        )

    def _hidden(self, text: str, secrets: Sequence[str] = ()) -> str:
        """Give a text with marks for the file's credentials, and nothing of what a client took for one.

        It is spelt as it came, but where a secret is escaped in it letter by letter.
        """
        plain = _NEEDLESS.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        hidden = self._struck_out(plain, secrets)
        return self._struck_out(text, secrets) if hidden == plain else hidden

    def _struck_out(self, text: str, secrets: Sequence[str]) -> str:
        hidden = self._host.secrets.text(self.marks.hidden(text))
        for secret in secrets:
            if self.marks.hidden(secret) == secret:
                hidden = hidden.replace(secret, MASK)
        return hidden


def _for_any_pbx(target: str) -> str:
    """Give a command's target without the name of the PBX that is meant: who hears it again may have another."""
    path, _, query = target.partition("?")
    rest = "&".join(pair for pair in query.split("&") if pair and pair.partition("=")[0] != "pbx")
    return f"{path}?{rest}" if rest else path


def filled(step: Step, marks: SecretMarks) -> Step:
    """Give a step with the credentials of a file in it. Raises UnknownMark."""
    return msgspec.structs.replace(
        step,
        target=marks.shown(step.target),
        method=marks.shown(step.method),
        headers={marks.shown(name): marks.shown(value) for name, value in step.headers.items()},
        body=marks.shown(step.body),
    )
