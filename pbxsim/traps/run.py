"""Sets each trap for an integration, and judges what came of it."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.app import ServeSettings, serving
from pbxsim.kit.trap import Careful, Trap
from pbxsim.traps.card import Card, Mark, Verdict
from pbxsim.traps.every_vendor import TRAPS
from pbxsim.traps.integration import NotThere
from pbxsim.traps.trial import Placing, Seen, Trials
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.traps.integration import Integration

_PLACE: Final = "${RECEIVER}"
_PLAIN: Final = Trap(name="none", words="nothing goes wrong", careful=Careful.KNOWS)


class CannotTry(Exception):
    """Without any trap it did not work; says why."""


class Unfitting(CannotTry):
    """What was given does not go together; says why."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be tried against the PBX of a file, served at `port`.

    `receiver` stands for `${RECEIVER}` in the file. `only` are names of traps, none: all. `rate` is the clock's.
    """

    file: str
    integration: Integration
    check: Integration | None = None
    receiver: str = ""
    only: tuple[str, ...] = ()
    rate: float = 0.0
    port: int = 0


async def tried(wish: Wish, say: Callable[[str], None]) -> Card:
    """Try it, and tell how far it is. Raises CannotTry, NotThere, ControlFailed, and whatever `serving` does."""
    with tempfile.TemporaryDirectory(prefix="pbxsim-traps-") as folder:
        settings = ServeSettings(pbxs=(_source(wish, Path(folder)),), rate=wish.rate, port=wish.port)
        async with serving(settings) as installation:
            host = installation.hosts.first()
            api = ControlApi(installation.hosts, Guard("127.0.0.1"))
            trials = Trials(
                host=host,
                api=api,
                url=installation.url,
                integration=wish.integration,
                check=wish.check,
                rate=wish.rate,
            )
            return await _card(trials, wish.only, say)


def _source(wish: Wish, folder: Path) -> str:
    """Give what can be served: the file as it is, or one in which the receiver's address stands. Raises Unfitting."""
    if (files("pbxsim") / "pbxes" / f"{wish.file}.yaml").is_file():
        return wish.file
    try:
        text = Path(wish.file).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return wish.file  # whoever loads it says what is wrong
    if _PLACE not in text:
        return wish.file
    if not wish.receiver:
        raise Unfitting(f"{wish.file} has {_PLACE}: say with --receiver what your server's address is")
    changed = folder / Path(wish.file).name
    changed.write_text(text.replace(_PLACE, wish.receiver), encoding="utf-8")
    return str(changed)


async def _card(trials: Trials, only: tuple[str, ...], say: Callable[[str], None]) -> Card:
    say("without a trap")
    plain = await trials.run(_PLAIN, None)
    _check_plain(plain, trials.rate)
    host = trials.host
    ways = tuple(plain.placing)
    marks = []
    for vendor, trap in _chosen(host, ways, only):
        say(_name(vendor, trap))
        try:
            verdict, why = await _judged(trials, trap, [way for way in ways if vendor in ("", way.vendor)], plain)
        except NotThere as gone:
            raise NotThere(f"{gone}; until the trap {_name(vendor, trap)} it was there") from None
        marks.append(
            Mark(
                vendor=vendor,
                trap=trap.name,
                words=trap.words,
                statement=trap.statement,
                verdict=verdict,
                why=host.secrets.text(why),
            )
        )
    return Card.of(host.name, tuple(dict.fromkeys(way.vendor for way in ways)), tuple(marks))


def _name(vendor: str, trap: Trap) -> str:
    return f"{vendor}/{trap.name}" if vendor else trap.name


def _check_plain(plain: Seen, rate: float) -> None:
    """See that it works while nothing goes wrong. Raises CannotTry."""
    if not plain.said.yes:
        held = (
            "; the clock is held: one that waits for a call's end wants --clock 60" if plain.calls and not rate else ""
        )
        raise CannotTry(f"without any trap it says that it placed no call: {plain.said.how}{held}")
    if not plain.calls:
        raise CannotTry("without any trap it says that it placed a call, and no request to the PBX did")
    if plain.check is not None and not plain.check.yes:
        raise CannotTry(f"without any trap the check says that something is wrong: {plain.check.how}")


def _chosen(host: HostedPbx, ways: tuple[Placing, ...], only: tuple[str, ...]) -> Iterator[tuple[str, Trap]]:
    """Give the traps of the vendors that it spoke to, then those of any. Raises Unfitting for a name of none."""
    spoken = dict.fromkeys(way.vendor for way in ways)
    every = [(name, trap) for name in spoken for trap in host.spoken[name].traps()] + [("", trap) for trap in TRAPS]
    names = {_name(vendor, trap): (vendor, trap) for vendor, trap in every}
    unknown = next((name for name in only if name not in names), None)
    if unknown is not None:
        raise Unfitting(f"--only {unknown}: there is no such trap for it; there are {', '.join(names)}")
    yield from (names[name] for name in dict.fromkeys(only or names))


async def _judged(trials: Trials, trap: Trap, ways: list[Placing], plain: Seen) -> tuple[Verdict, str]:
    """Set a trap, and tell what came of it."""
    if trap.careful is Careful.SAYS_WHAT_IT_MEANS:
        return _of_hints(plain, {way.vendor for way in ways})
    verdict: tuple[Verdict, str] = ("passed", "")
    for way in ways:
        for error in trap.errors or ("",):
            verdict = _verdict(trap, way, error, plain, await trials.run(trap, way, error))
            if verdict[0] != "passed":
                return verdict
    return verdict


def _of_hints(plain: Seen, vendors: set[str]) -> tuple[Verdict, str]:
    hints = [hint for request in plain.requests if request.vendor in vendors for hint in request.hints]
    return ("fell in", hints[0]) if hints else ("passed", "")


def _verdict(trap: Trap, way: Placing, error: str, plain: Seen, seen: Seen) -> tuple[Verdict, str]:
    """Say what a trial came to."""
    if trap.faults and not seen.struck:
        return "not tried", "there was nothing that could go wrong so"
    if _is_of_webhooks(trap) and plain.unwelcome and len(plain.unwelcome) == plain.webhooks:
        return "not tried", f"your server takes no webhook without a trap either: {plain.unwelcome[0]}"
    if trap.careful is Careful.NOTICES:
        if seen.said.yes and seen.calls < plain.calls:  # else it placed them another way, and says so
            return "fell in", f"it says that the call was placed ({seen.said.how}); {_refused(seen, way, error)}"
        return "passed", ""
    most = plain.calls * (1 + trap.days)
    if seen.calls > most:
        return "fell in", f"it placed {seen.calls} calls instead of {most}"
    if not _dialled(trap.number, seen):
        return "not tried", f"it did not dial {trap.number}, which PBXSIM_NUMBER asked for"
    if seen.check is not None and not seen.check.yes:
        return "fell in", f"the check says that something is wrong: {seen.check.how}"
    return _of_webhooks(trap, plain, seen)


def _is_of_webhooks(trap: Trap) -> bool:
    return any(str(fault["fault"]).startswith("webhook-") or "webhooks" in fault for fault in trap.faults)


def _dialled(number: str, seen: Seen) -> bool:
    """Tell whether a number was dialled, with or without a prefix. The usual one need not be: any does that answers."""
    return number == _PLAIN.number or any(each.endswith(number) for each in seen.numbers)


def _refused(seen: Seen, way: Placing, error: str) -> str:
    """Quote the last refusal that it got."""
    got = next((each for each in reversed(seen.requests) if each.path == way.path), None)
    words = "" if got is None else f" {got.status} {' '.join(got.reply.split())[:200]}"
    return f"{way.vendor} had answered{f' with its error {error}' if error else ''}:{words}"


def _of_webhooks(trap: Trap, plain: Seen, seen: Seen) -> tuple[Verdict, str]:
    """Say how the receiver took what it was told; where that is all there is to see, for lack of a check."""
    if seen.unwelcome and not plain.unwelcome:
        return "fell in", f"its server did not take a webhook: {seen.unwelcome[0]}"
    if seen.check is None and trap.careful is Careful.KNOWS:
        return "not tried", "what it knows in the end only --check can tell"
    return "passed", ""
