"""The life of the engine on one PBX: it listens for telephones, and is heard of no more at its end.

Where a PBX begins anew, or its server, its telephones are still where they were: they would register again only when
their time is over. So contacts are taken over from the life before.
"""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec.structs import replace

from pbxsim import __version__
from pbxsim.engines.engine import EngineUnreachable, Opened
from pbxsim.engines.pyvoip_telephones import PyvoipTelephones, pyvoip_lines
from pbxsim.engines.simulated import simulation
from pbxsim.engines.sip import sockets
from pbxsim.engines.sip.accounts import Accounts
from pbxsim.engines.sip.agent import Agent
from pbxsim.engines.sip.digest import Authority
from pbxsim.engines.sip.engine import SipEngine
from pbxsim.engines.sip.exchange import Exchange
from pbxsim.engines.sip.handset import SipHandset
from pbxsim.engines.sip.kept_contacts import KeptContacts
from pbxsim.engines.sip.ladder_log import LadderLog, SipLog, log_message
from pbxsim.engines.sip.media.media import Media
from pbxsim.engines.sip.media.ports import Ports
from pbxsim.engines.sip.media.recording import Recordings
from pbxsim.engines.sip.registrations import Registrations
from pbxsim.engines.sip.security import Security
from pbxsim.engines.sip.server import SipServer
from pbxsim.engines.sip.telephones import Telephones
from pbxsim.engines.sip.trace import Trace
from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from pbxsim.engines.engine import Present
    from pbxsim.engines.sip.capture import Capture
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.engines.sip.registrar import Binding
    from pbxsim.engines.sip.sip_settings import SipEntry
    from pbxsim.pbx.pbx import Pbx

Before: TypeAlias = "dict[tuple[str, str, int], dict[str, list[Binding]]]"

REALM: Final = "pbxsim"
_NAME: Final = f"pbxsim/{__version__}"
_TRIED: Final = {"0.0.0.0": ("0.0.0.0", "127.0.0.1"), "::": ("::", "::1")}


class SipWork(Opened, kw_only=True):
    """What the engine opened on a PBX. `before` are the contacts of earlier lives, by PBX and where it listens."""

    engine: SipEngine
    pbx: Pbx
    entry: SipEntry
    accounts: Accounts
    registrations: Registrations
    before: Before
    voip: PyvoipTelephones
    capture: Capture | None
    security: Security
    log: SipLog = "none"
    ladders: LadderLog | None = None
    trace: Trace | None = None
    server: SipServer | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """Give what an earlier life of the same has in common."""
        return self.pbx.name, self.entry.address, self.entry.port


def opened(
    settings: Mapping[str, Any],
    pbx: Pbx,
    before: Before | None = None,
    at: tuple[str, int] | None = None,
    capture: Capture | None = None,
    log: SipLog = "none",
    security: Security | None = None,
) -> SipWork:
    """Make it of the sections `sip`, `phones` and `traffic`. `at` is where it listens, if not where the file says.

    `capture` takes its messages, `log` says what of them is logged; `security` knows when it starts if there is TLS.
    """
    entry: SipEntry = settings["sip"]
    if at is not None:
        entry = replace(entry, address=at[0], port=at[1])
    acted = simulation.opened(settings, pbx)
    registrations = Registrations(pbx.directory, entry.expires)
    accounts = Accounts(pbx.name, entry, pbx.directory)
    engine = SipEngine(pbx, acted.engine, registrations.registrar, registrations.real)
    work = SipWork(
        engine=engine,
        handset=SipHandset(pbx, engine, acted.handset, registrations.real),
        account_of=accounts.of,
        pbx=pbx,
        entry=entry,
        accounts=accounts,
        registrations=registrations,
        before={} if before is None else before,
        voip=PyvoipTelephones(pbx, pyvoip_lines(entry.lines), acted.engine.fate),
        capture=capture,
        security=security or Security(),
        log=log,
    )
    work.measures = lambda: () if work.server is None else work.server.measures()
    work.signals_of = lambda call: () if work.trace is None else work.trace.of(call)
    return work


async def start(work: SipWork, present: Present) -> None:
    """Listen for telephones. Raises EngineUnreachable."""
    loop, registrar, entry = asyncio.get_running_loop(), work.registrations.registrar, work.entry
    try:
        for user in work.pbx.directory.lines:
            work.accounts.password(user)
            break
    except OSError as error:
        raise EngineUnreachable(f"the telephones' passwords cannot be had: {error}") from error
    ports = Ports(*entry.rtp_ports)
    await _see_to_ports(ports, entry.address)
    server = SipServer(present)
    told = partial(log_message, work.pbx.name) if work.log == "messages" else None
    work.trace = Trace(lambda: work.pbx.clock.now, server.here, work.capture, told)
    if work.log == "calls":
        work.ladders = LadderLog(work.pbx, work.trace.of, loop.call_later)
    server.tap = work.trace.take
    telephones = Telephones(work.pbx, work.engine, registrar)
    work.registrations.on_change = telephones.moved
    agent = Agent(
        clock=loop.time,
        token=lambda: secrets.token_hex(8),
        place=server.place,
        authority=Authority(REALM, secrets.token_bytes(32), work.accounts.password, entry.digests),
        registrar=registrar,
        listener=telephones,
        name=_NAME,
    )

    def source(flow: Flow) -> Hashable:
        """Give a telephone that has registered a queue of its own, all else from one host another."""
        return flow if registrar.has(flow) else flow.host

    context = work.security.context
    tls = None if context is None else (context, entry.port_of_tls)
    await server.open(entry.address, entry.port, agent, source, tls, registrar.ports)
    work.server = server
    work.accounts.listening_at(server.port, server.tls_port)
    media = Media(ports)
    recordings = _recordings(work.pbx, loop.time)
    work.engine.exchange = Exchange(agent, media, present, server.soon, recordings)
    present(lambda: _take_up(work, loop.time))
    server.soon()
    await work.voip.start(work.accounts.of)


async def _see_to_ports(ports: Ports, host: str) -> None:
    """See that a call could have its sound: else the first one would tell. Raises EngineUnreachable.

    Where we listen at all addresses nobody knows yet at which a telephone is met: one of the two tried must do.
    """
    try:
        found = await sockets.addresses(asyncio.get_running_loop(), host)
        taken = [at for _, at in found if not any(map(ports.is_any_free, _TRIED.get(at, (at,))))]
    except OSError:
        return  # whoever listens there says that there is no such address
    if taken:
        where = f"{' and '.join(taken)}, ports {ports.first} to {ports.last} (sip.rtp_ports)"
        raise EngineUnreachable(f"no call could have sound: all pairs of ports are taken at {where}")


def _take_up(work: SipWork, now: Callable[[], float]) -> None:
    """Know the contacts of a life before: of this server's, or else, over its restart, those that the PBX has kept."""
    kept = KeptContacts(work.pbx, now, work.entry.expires)
    work.registrations.keep = kept.keep
    before = work.before.pop(work.key, None)
    known = kept.all() if before is None else before
    begun_anew = pyvoip_lines(work.entry.lines) if before is None else frozenset()
    there = [user for user in known if user not in begun_anew and work.accounts.password(user) is not None]
    work.registrations.take_up({user: known[user] for user in there})


def _recordings(pbx: Pbx, now: Callable[[], float]) -> Recordings | None:
    """Have what is said recorded, where anything is; where nobody real spoke, the recorder has its tones."""
    recorder = pbx.calls.recorder
    if recorder is None:
        return None
    recordings = Recordings(now)
    recorder.hear(lambda call: recordings.sound(call.number))
    return recordings


async def close(work: SipWork) -> None:
    """Hang up what is left, and listen no more."""
    await work.voip.close()
    exchange, server = work.engine.exchange, work.server
    if exchange is None or server is None:
        return
    work.before[work.key] = {
        user: [one for one in contacts if not one.flow.connection]
        for user, contacts in work.registrations.registrar.all().items()
    }
    exchange.agent.hang_up_all(HangupCause.NORMAL_TEMPORARY_FAILURE)
    await server.close()
    if work.ladders is not None:
        work.ladders.close()
    if exchange.recordings is not None:
        exchange.recordings.close()
    exchange.media.close_all()
    work.engine.exchange = None
