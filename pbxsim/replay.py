"""`pbxsim replay`: does again all that was asked of a PBX, and compares what it comes to with what it came to then.

What was asked is in the journal as `GET /_pbxsim/journal?format=replay` gives it. The PBX is made of a PBX file, whose
credentials take the marks' places. Nobody outside is asked or told: webhooks go nowhere, components' questions fail.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from multidict import CIMultiDict

from pbxsim import __version__
from pbxsim.app import Contradictory, Installation, ServeSettings
from pbxsim.clock.instant import parse_iso
from pbxsim.config.fault import PbxFileRefused
from pbxsim.hosting.hosts import Hosts
from pbxsim.hosting.session import Head, Step, filled
from pbxsim.hosting.snapshot.secret_marks import UnknownMark
from pbxsim.hosting.snapshot.snapshot import file_of
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.hosting.hosted_pbx import HostedPbx

_JSON: Final = {"Content-Type": "application/json"}


class ReplayRefused(Exception):
    """What was given cannot be done again; says why."""


class Difference(Exception):
    """It came to something else; says where first."""


class Recorded(msgspec.Struct, frozen=True):
    """A journal that can be had again: its head, what was done, and its lines."""

    head: Head
    steps: list[Step]
    lines: list[bytes]

    @classmethod
    def read(cls, content: bytes) -> Recorded:
        """Read it. Raises ReplayRefused."""
        head, *rest = content.splitlines() or [b""]
        try:
            told = msgspec.json.decode(head, type=Head)
            lines = [line for line in rest if line.startswith(b'{"seq":')]
            steps = [msgspec.json.decode(line, type=Step) for line in rest if not line.startswith(b'{"seq":')]
        except msgspec.MsgspecError as error:
            raise ReplayRefused(
                f"this is no journal that can be had again ({error}); GET /_pbxsim/journal?format=replay gives one"
            ) from None
        return cls(told, steps, lines)


def replay(journal: Path, file: str) -> str:
    """Do all of it again on the PBX of a file; say that it came to the same. Raises ReplayRefused, Difference."""
    try:
        recorded = Recorded.read(journal.read_bytes())
    except OSError as error:
        raise ReplayRefused(f"{journal}: {error.strerror or error}") from None
    _check(recorded.head)
    with tempfile.TemporaryDirectory(prefix="pbxsim-") as folder:
        host = _host(recorded.head, file, Path(folder))
        _do(host, recorded.steps)
        host.driver.close()
        if host.recorder is not None:
            host.recorder.close(finish=True)
        _compare(recorded.lines, host.secrets.json(host.journal.jsonl()).splitlines())
    return f"{len(recorded.steps)} steps came to the same {len(recorded.lines)} entries"


def _check(head: Head) -> None:
    if head.pbxsim != __version__:
        raise ReplayRefused(f"it was written by pbxsim {head.pbxsim}, and this is {__version__}")
    if head.gap:
        raise ReplayRefused(f"not all that was done is in it: {head.gap}")


def _host(head: Head, file: str, folder: Path) -> HostedPbx:
    settings = ServeSettings(pbxs=(file,), rate=0.0, seed=head.seed, start_at=parse_iso(head.began))
    try:
        host = Installation(settings, folder).hosts.first()
    except (PbxFileRefused, Contradictory) as error:
        raise ReplayRefused(str(error)) from None
    if file_of(host)[1] != head.begun:
        raise ReplayRefused(f"{file} is not the PBX file of which {head.pbx} was made")
    return host


def _do(host: HostedPbx, steps: Iterable[Step]) -> None:
    marks, _ = file_of(host)
    control = ControlApi(Hosts([host]), Guard("127.0.0.1"))
    clock = host.pbx.clock
    for step in steps:
        at = parse_iso(step.at)
        if step.does == "moved" or at > clock.now:
            clock.run_until(at)
        if step.does != "moved":
            try:
                _ask(host, control, filled(step, marks))
            except UnknownMark:
                raise ReplayRefused(f"at {step.at} stood a credential that the PBX file has not") from None


def _ask(host: HostedPbx, control: ControlApi, step: Step) -> None:
    path, _, query = step.target.partition("?")
    body = step.body.encode("latin-1")
    if step.does == "command":
        asked = control.answer(Request(step.method, path, query, headers=_JSON, body=body))
        try:
            asked.send(None)  # no store is there: nothing is waited for
        except StopIteration:
            return
        raise AssertionError(f"{step.method} {path} waits for something")
    request = Request(
        step.method, path, query, headers=CIMultiDict(step.headers), body=body, remote=step.remote, fault=step.fault
    )
    if step.vendor:
        host.answer(step.vendor, request, (), host.meet(step.vendor, request))
    else:
        host.requests.missed(request, Reply(body=b"", status=404))


def _compare(then: list[bytes], now: list[bytes]) -> None:
    skipped = msgspec.json.decode(then[0])["seq"] - 1 if then else 0
    for place, (was, is_now) in enumerate(zip(then, now[skipped:], strict=False), skipped + 1):
        if was != is_now:
            raise Difference(f"entry {place} is another\n  then: {was.decode()}\n  now:  {is_now.decode()}")
    if len(now) - skipped != len(then):
        raise Difference(f"there were {len(then)} entries, and are {len(now) - skipped} now")
