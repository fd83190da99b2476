"""An Asterisk at work for one PBX: its start, its link, its end. Without a login it is one of our own.

One of our own that ends by itself is started again; its telephones' registrations are in its folder, and last.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from pbxsim.engines.asterisk import installation
from pbxsim.engines.asterisk.accounts import Accounts
from pbxsim.engines.asterisk.acted import Actors
from pbxsim.engines.asterisk.alone import Alone
from pbxsim.engines.asterisk.configuration import AMI_USER, Places, Secrets, configuration
from pbxsim.engines.asterisk.engine import AsteriskEngine
from pbxsim.engines.asterisk.folders import run_folder, said_folder
from pbxsim.engines.asterisk.former import see_that_former_one_is_gone
from pbxsim.engines.asterisk.handset import AsteriskHandset
from pbxsim.engines.asterisk.origin import chosen, process_of
from pbxsim.engines.asterisk.process import free_port, see_that_ports_are_free
from pbxsim.engines.asterisk.recording import Monitors
from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.engines.engine import EngineUnreachable, Opened
from pbxsim.engines.pyvoip_telephones import PyvoipTelephones, pyvoip_lines
from pbxsim.engines.telephones import simulated_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.engines.asterisk.ami_login import AmiLogin
    from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry
    from pbxsim.engines.asterisk.link import AmiLink, Event
    from pbxsim.engines.asterisk.live import LiveCalls
    from pbxsim.engines.asterisk.process import AsteriskProcess
    from pbxsim.engines.engine import Present
    from pbxsim.pbx.pbx import Pbx

_REACH: Final = 4.0
"""Seconds within which one that runs must have taken our login: a start is to fail within 6 s, all of it."""

_log: Final = logging.getLogger("pbxsim")
_HERE: Final = ("127.0.0.1", "localhost", "::1")


class AsteriskSession(Opened, kw_only=True):
    """What the engine opened on a PBX. `login` None: an Asterisk of our own is started for it.

    That is of a container image, if `image` names one.
    `serves` names the PBX that the Asterisk at that login serves now, `alone` knows whether another server does.
    """

    engine: AsteriskEngine
    pbx: Pbx
    entry: AsteriskEntry
    login: AmiLogin | None
    serves: set[str]
    alone: Alone
    voip: PyvoipTelephones
    image: str = ""
    live: LiveCalls | None = None
    link: AmiLink | None = None
    process: AsteriskProcess | None = None

    @property
    def trouble(self) -> str:
        """Say that there is no link now; empty where there is."""
        is_up = self.link is not None and self.link.is_up
        return "" if is_up else "there is no link to Asterisk: no telephone can be rung until it is there again"


def opened(
    settings: Mapping[str, Any],
    pbx: Pbx,
    login: AmiLogin | None = None,
    serves: set[str] | None = None,
    live: LiveCalls | None = None,
    alone: Alone | None = None,
    image: str = "",
) -> AsteriskSession:
    """Make it of the sections `asterisk` and `phones`. `live`: which numbers may leave by a trunk with a provider."""
    entry: AsteriskEntry = settings["asterisk"]
    simulated = simulated_lines(entry.lines)
    phones = settings["phones"]
    actors = Actors(pbx, [each.rule() for each in phones.rules], phones.default_behaviour())
    trunks = frozenset(each.trunk for each in entry.providers)
    registrations = Registrations(pbx.directory, simulated)
    engine = AsteriskEngine(pbx, actors, registrations, simulated, live=trunks, allowed=live)
    return AsteriskSession(
        engine=engine,
        handset=AsteriskHandset(pbx, engine, simulated),
        account_of=Accounts(pbx.name, entry).of,
        pbx=pbx,
        entry=entry,
        login=login,
        serves=set() if serves is None else serves,
        alone=alone or Alone(),
        voip=PyvoipTelephones(pbx, pyvoip_lines(entry.lines), actors.fate),
        live=live,
        image=image,
    )


async def start(session: AsteriskSession, present: Present) -> None:
    """Start an Asterisk, or go to the one that runs, and take its state. Raises EngineUnreachable."""
    from pbxsim.engines.asterisk.link import ActionFailed, AmiLink, LinkDown

    process = None
    if session.login is None:
        await see_that_former_one_is_gone(run_folder(session.pbx.name, session.entry.sip_port))
        process, login = await own_asterisk(session)
    else:
        login = _known(session.login, session)
    session.process = process
    _warn(session)
    engine = session.engine
    session.link = AmiLink(
        login,
        heard=lambda event: _heard(session, event),
        went_down=engine.went_down,
        returned=engine.read,
        before_return=lambda: _revive(process),
    )
    _record(session, login)
    try:
        await session.link.open(
            _REACH if process is None else process.patience, lambda: process is None or process.runs
        )
        await _see_that_nobody_else_is_there(session)
        await engine.begin(session.link, present)
        await session.voip.start(session.account_of)
    except (LinkDown, ActionFailed) as error:
        raise EngineUnreachable(f"Asterisk does not tell its state: {error}") from error
    except EngineUnreachable as error:
        if process is not None and not process.runs:
            raise EngineUnreachable(f"Asterisk has ended at once: {process.last_words()}") from error
        raise


def _heard(session: AsteriskSession, event: Event) -> None:
    if session.link is not None:
        session.alone.heard(session.link, event)
    session.engine.heard(event)


async def _see_that_nobody_else_is_there(session: AsteriskSession) -> None:
    """Go on alone: with an Asterisk of our own that is so. Raises EngineUnreachable."""
    if session.login is None or session.link is None:
        session.alone.works()
    else:
        await session.alone.see(session.link, session.login)


def _known(login: AmiLogin, session: AsteriskSession) -> AmiLogin:
    """Give the login with its secret; without one it is what `asterisk-conf` wrote. Raises EngineUnreachable."""
    if session.serves - {session.pbx.name}:
        raise EngineUnreachable(f"the Asterisk at {login.host}:{login.port} serves another PBX already: it serves one")
    session.serves.add(session.pbx.name)
    try:
        return login if login.secret else replace(login, secret=Secrets(session.pbx.name, session.entry).ami)
    except OSError as error:
        raise EngineUnreachable(f"the secret for Asterisk cannot be had: {error}") from error


def _warn(session: AsteriskSession) -> None:
    """Say whom calls reach that somebody pays for."""
    live, trunks = session.live, ", ".join(each.trunk for each in session.entry.providers)
    if live is not None and trunks:
        _log.warning(
            "live calls: numbers with %s leave by %s, %d calls and %g minutes at most, all PBXs together",
            ", ".join(live.prefixes), trunks, live.calls, live.minutes,
        )  # fmt: skip


def _record(session: AsteriskSession, login: AmiLogin) -> None:
    """Have what is said recorded, where Asterisk is on this machine; elsewhere nothing is: nobody said tones."""
    recorder = session.pbx.calls.recorder
    if login.host in _HERE and recorder is not None:
        session.engine.monitors = Monitors(said_folder())
        recorder.hear(session.engine.monitors.sound)
    else:
        session.pbx.calls.recorder = None


async def close(session: AsteriskSession) -> None:
    """Hang up what is left, and end the link and an Asterisk of our own."""
    session.serves.discard(session.pbx.name)
    await session.voip.close()
    left = session.engine.abandon()
    link, process = session.link, session.process
    if link is not None:
        if link.is_up and process is None:
            await asyncio.gather(*(_gone(link, leg.name) for leg in left if leg.exists))
        await link.close()
    if process is not None:
        await asyncio.to_thread(process.stop)


async def _gone(link: AmiLink, name: str) -> None:
    from pbxsim.engines.asterisk.link import ActionFailed, LinkDown

    try:
        await link.ask("Hangup", Channel=name, Cause=16)
    except (ActionFailed, LinkDown):
        return  # it has gone by itself


async def own_asterisk(session: AsteriskSession) -> tuple[AsteriskProcess, AmiLogin]:
    """Start an Asterisk for this PBX alone. Raises EngineUnreachable."""
    from pbxsim.engines.asterisk.ami_login import AmiLogin

    found = await asyncio.to_thread(chosen, session.image, installation.found)
    places = Places.of(session.entry, ami_port=free_port())
    try:
        known = Secrets(session.pbx.name, session.entry)
        login = AmiLogin(host="127.0.0.1", port=places.ami_port, user=AMI_USER, secret=known.ami)
        entry = session.entry if session.live is not None else replace(session.entry, providers=())
        written = configuration(session.pbx.directory, places, known, entry)
        process = process_of(found, run_folder(session.pbx.name, places.sip_port), written)
        await asyncio.to_thread(process.claim)
    except OSError as error:
        raise EngineUnreachable(f"Asterisk cannot be set up: {error}") from error
    try:
        see_that_ports_are_free(places)
        process.start()
    except EngineUnreachable:
        await asyncio.to_thread(process.stop)
        raise
    return process, login


async def _revive(process: AsteriskProcess | None) -> None:
    """Start an Asterisk of our own again that has ended."""
    if process is not None and not process.runs:
        await asyncio.to_thread(process.clear)
        process.start()  # in this thread: with the one that starts it, it ends
