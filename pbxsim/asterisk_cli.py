"""The command line's part that is about Asterisk: commands to have one, and options to go to one that runs.

Not here: what they do (engines/asterisk/commands.py), what else there is on the command line (cli.py).
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.options import Options, address, token, whole, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.discovery import Engines
    from pbxsim.engines.asterisk.ami_login import AmiLogin
    from pbxsim.engines.asterisk.commands import Served
    from pbxsim.engines.asterisk.live import LiveCalls
    from pbxsim.hosting.assemble import Assembled
    from pbxsim.options import Parser

_DONE: Final = 0
_REFUSED: Final = 1
_UNREACHABLE: Final = 3
_DOOR: Final = ("asterisk", "asterisk_user", "asterisk_secret")
_LIVE: Final = ("allow_live_calls", "live_calls", "live_minutes")
_CALLS: Final = 10
_MINUTES: Final = 10
_IMAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,511}")
_PREFIX: Final = re.compile(r"\+?[0-9]{2,20}")
COMMANDS: Final = {
    "asterisk-up": "start an Asterisk for a PBX, fetched first where there is none",
    "asterisk-down": "end it",
    "asterisk-status": "tell whether one is up; exit 3 if none is",
    "asterisk-conf": "write the configuration of an Asterisk of your own for a PBX",
    "phones": "tell what each telephone of a PBX must be told to register",
}
"""Each command, and its line of the help."""


def add_commands(add: Callable[..., Parser], environment: Mapping[str, str]) -> None:
    """Add the commands by a parser's `add_parser`."""
    for does, words in COMMANDS.items():
        parser = add(does, help=words, allow_abbrev=False)
        if does == "phones":
            parser.add_argument(
                "pbxs", nargs="*", default=["documented"], metavar="PBX", help="files, or built-in PBXs' names"
            )
            parser.add_argument("--json", action="store_true", help="as JSON: a list of what each line registers with")
            parser.add_engine_option("asterisk")
        elif does not in ("asterisk-down", "asterisk-status"):
            parser.add_argument(
                "pbx", nargs="?", default="documented", metavar="PBX", help="its file, or a built-in PBX's name"
            )
        if does == "asterisk-up":
            _add_image(Options(parser, environment))
        if does == "asterisk-conf":
            parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write it into")
        parser.set_defaults(command=asterisk, does=does.removeprefix("asterisk-"))


def add_options(option: Options) -> None:
    """Add the options of `serve`."""
    option("asterisk", None, address, "HOST:PORT", "the engine asterisk: the AMI of one that runs (one is started)")
    option("asterisk-user", None, word, "USER", "whom AMI there knows (pbxsim)")
    option("asterisk-secret", None, token, "SECRET", "that user's secret (as `pbxsim asterisk-conf` wrote it)")
    _add_image(option)
    option(
        "allow-live-calls", None, prefixes, "PREFIX,…", "the engine asterisk: numbers that leave by a provider (none)"
    )
    option("live-calls", None, whole(1, 1_000_000), "N", f"how many of them, as long as it serves ({_CALLS})")
    option("live-minutes", None, whole(1, 1_000_000), "M", f"how long they may be, all together ({_MINUTES})")


def _add_image(option: Options) -> None:
    option("asterisk-image", None, image, "NAME", "have the Asterisk 22 of that image in a container (podman, docker)")


def image(text: str) -> str:
    """Read the name of a container image."""
    if not _IMAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"expected the name of a container image, not {str(text)!r}")
    return str(text)


def prefixes(text: str) -> tuple[str, ...]:
    """Read beginnings of numbers."""
    found = tuple(text.split(","))
    if not all(_PREFIX.fullmatch(each) for each in found):
        raise argparse.ArgumentTypeError(f"expected beginnings of numbers, as +420,00420, not {str(text)!r}")
    return found


def chosen(asked: argparse.Namespace) -> Engines:
    """Give the engines, the chosen one told where its Asterisk is. Raises Contradictory."""
    engines: Engines = asked.engine
    given = [
        f"--{name.replace('_', '-')}" for name in (*_DOOR, "asterisk_image", *_LIVE) if getattr(asked, name) is not None
    ]
    if not given:
        return engines
    if engines.chosen.name != "asterisk":
        raise _contradictory(f"{given[0]} is for --engine asterisk")
    from pbxsim.engines.asterisk import through

    engine = through(_login(asked, given[0]), _live(asked, given[-1]), asked.asterisk_image or "")
    return type(engines)({**engines.found, engine.name: engine}, engine)


def _login(asked: argparse.Namespace, option: str) -> AmiLogin | None:
    if all(getattr(asked, name) is None for name in _DOOR):
        return None
    if asked.asterisk_image is not None:
        raise _contradictory(
            "--asterisk-image starts an Asterisk, --asterisk goes to one that runs: leave one of them out"
        )
    if asked.asterisk is None:
        raise _contradictory(f"{option} is for an Asterisk that runs already: say where with --asterisk HOST:PORT")
    if len(asked.pbxs) > 1:
        raise _contradictory("one Asterisk serves one PBX: leave --asterisk out, and each PBX has one of its own")
    from pbxsim.engines.asterisk.ami_login import AmiLogin

    host, port = asked.asterisk
    return AmiLogin(host=host, port=port, user=asked.asterisk_user or "pbxsim", secret=asked.asterisk_secret or "")


def _live(asked: argparse.Namespace, option: str) -> LiveCalls | None:
    if all(getattr(asked, name) is None for name in _LIVE):
        return None
    if asked.allow_live_calls is None:
        raise _contradictory(f"{option} limits what leaves: say which numbers do with --allow-live-calls PREFIX,…")
    from pbxsim.engines.asterisk.live import LiveCalls

    return LiveCalls(asked.allow_live_calls, asked.live_calls or _CALLS, asked.live_minutes or _MINUTES)


def _contradictory(words: str) -> Exception:
    from pbxsim.app import Contradictory

    return Contradictory(words)


def fetched(asked: argparse.Namespace) -> int:
    """Have an Asterisk on this machine before one is started, if one is going to be; give the exit code."""
    if asked.engine.chosen.name != "asterisk" or asked.asterisk is not None:
        return _DONE
    from pbxsim.engines.asterisk import origin
    from pbxsim.engines.asterisk.installation import found_or_fetched
    from pbxsim.engines.engine import EngineUnreachable

    try:
        origin.chosen(asked.asterisk_image or "", lambda: found_or_fetched(_say))
    except EngineUnreachable as unreachable:
        print(unreachable, file=sys.stderr, flush=True)
        return _UNREACHABLE
    return _DONE


def asterisk(asked: argparse.Namespace) -> int:
    """Do what a command says; give the exit code."""
    from pbxsim.engines.asterisk import commands
    from pbxsim.engines.engine import EngineUnreachable

    try:
        if asked.does in ("down", "status"):
            return _told(commands.down() if asked.does == "down" else commands.status())
        if asked.does == "phones":
            return _phones(asked)
        served = _served(asked.pbx)
        if served is None:
            return _REFUSED
        if asked.does == "up":
            return _told(commands.up(served, _say, asked.asterisk_image or ""))
        return _told(commands.written(served, asked.out))
    except EngineUnreachable as unreachable:
        print(unreachable, file=sys.stderr, flush=True)
        return _UNREACHABLE


def _phones(asked: argparse.Namespace) -> int:
    """Tell how telephones register with an engine."""
    from pbxsim.engines.telephones import listed, registering

    pbxs = [assembled for assembled in (_assembled(file, asked.engine) for file in asked.pbxs) if assembled is not None]
    if len(pbxs) < len(asked.pbxs):
        return _REFUSED
    told = [one for each in pbxs for one in registering(each.pbx.name, each.pbx.directory, each.opened.account_of)]
    return _told(listed(told, as_json=asked.json))


def _served(file: str) -> Served | None:
    from pbxsim.discovery import find_engines
    from pbxsim.engines.asterisk.commands import Served
    from pbxsim.engines.asterisk.session import AsteriskSession

    assembled = _assembled(file, find_engines("asterisk"))
    if assembled is None:
        return None
    assert isinstance(assembled.opened, AsteriskSession)  # that engine's
    return Served(assembled.pbx.name, assembled.pbx.directory, assembled.opened.entry)


def _assembled(file: str, engines: Engines) -> Assembled | None:
    """Give a PBX as its file has it; None: the file was refused, and its faults are told."""
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.config.load import load
    from pbxsim.discovery import find_vendors
    from pbxsim.hosting.assemble import assemble

    try:
        return assemble(load(file, find_vendors(), engines), clock=Scheduler(0))
    except PbxFileRefused as refused:
        print(refused, file=sys.stderr, flush=True)
        return None


def _told(text: str) -> int:
    _say(text)
    return _DONE


def _say(text: str) -> None:
    print(text, flush=True)
