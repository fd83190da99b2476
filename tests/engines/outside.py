"""An engine that pbxsim has never heard of, as an installer leaves it. Its telephones dial by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = '''
"""Steam: telephones that somebody else has, which live in real time."""

import asyncio

import msgspec

from pbxsim.engines.engine import Engine, EngineUnreachable, Opened, Section, SipAccount
from pbxsim.kit.finding import Finding
from pbxsim.pbx.call import CallKind, CallOrder
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dialplan import ToExtension


class Boiler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pressure: int = 0
    dials: str = ""


class SteamEngine:
    def __init__(self, boiler, pbx):
        self.boiler, self.pbx, self.work, self.told = boiler, pbx, None, []

    def dial(self, channel, timeout):
        self.pbx.calls.on_leg(channel, Report.ANSWERED)
        return False

    def answer(self, channel):
        pass

    def connect(self, call, limit):
        return False

    def part(self, call):
        pass

    def hang_up(self, channel, cause):
        pass


async def start(opened, present):
    engine = opened.engine
    engine.told.append("start")
    await asyncio.sleep(0)
    if engine.boiler.pressure < 0:
        raise EngineUnreachable("the boiler of steam is cold")
    if engine.boiler.dials:
        engine.work = asyncio.get_running_loop().call_later(0.05, present, lambda: dial_out(engine))


async def close(opened):
    engine = opened.engine
    engine.told.append("close")
    if engine.work is not None:
        engine.work.cancel()
    await asyncio.sleep(0)


def dial_out(engine):
    line = engine.pbx.directory.lines[engine.boiler.dials]
    number = line.extension.internal
    order = CallOrder(
        vendor="steam", kind=CallKind.INCOMING, first=ToExtension(number, line.extension), src=number, dst="101",
        second="101", context="default",
    )
    engine.pbx.calls.receive(order, line=line)


def account_of(user):
    if user != "100":
        return None
    return SipAccount(server="192.0.2.7:5070", user="100", secret="h@t steam", ws="wss://192.0.2.7/ws")


def check(plain, names):
    boiler = plain.get("steam") if isinstance(plain, dict) else None
    dials = boiler.get("dials") if isinstance(boiler, dict) else None
    if isinstance(dials, str) and dials not in names["the SIP user of a line"]:
        yield Finding(("steam", "dials"), dials, "the SIP user of a line")


declaration = Engine(
    name="steam",
    title="telephones driven by steam",
    sections={"steam": Section(Boiler, Boiler(), after="name")},
    open=lambda settings, pbx: Opened(SteamEngine(settings["steam"], pbx), account_of=account_of),
    start=start,
    close=close,
    check=check,
    can_hold_clock=False,
)
'''

PBX = """
name: works
extensions:
  - {internal: "100"}
  - {internal: "101"}
phones: {default: busy}
steam: {dials: "100"}
"""


def install(folder: Path) -> Path:
    """Leave the package and its entry point below a folder; give where Python has to look for them."""
    site = folder / "site"
    (site / "steam_pbxsim").mkdir(parents=True)
    (site / "steam_pbxsim/__init__.py").write_text(PACKAGE, "utf-8")
    metadata = site / "steam_pbxsim-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: steam-pbxsim\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text("[pbxsim.engines]\nsteam = steam_pbxsim:declaration\n", "utf-8")
    return site
