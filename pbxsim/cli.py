"""The command line: what each command and option is called, and what a process returns.

Exit codes: 0 done, 1 refused input, 2 wrong usage, 3 a component is unreachable, 130 interrupted (Ctrl-C). Whatever
only some commands need is imported by those alone: a start is quick because most of pbxsim is not read for it.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim import __version__, asterisk_cli
from pbxsim.kit.later import LaterModule, patterns_later
from pbxsim.native import is_compiled
from pbxsim.options import (
    Parser,
    moment,
    named,
    pbx_name,
    port,
    rate,
    span,
    whole,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pbxsim import serve_options, sip_cli
    from pbxsim.config.load import LoadedFile
    from pbxsim.discovery import Engines
    from pbxsim.kit.vendor import Vendor
else:
    serve_options = LaterModule("pbxsim.serve_options")
    sip_cli = LaterModule("pbxsim.sip_cli")


class Exit(IntEnum):
    """What a process returns."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        if given and given[0] in ("serve", "demo"):
            gc.disable()  # until all is loaded (hosting/collector.py), for that stays: to look for garbage is vain
        else:
            gc.enable()  # which rests while this is imported (__main__.py)
        asked = _parser(given, os.environ).parse_args(given)
        asked.given = given
        command: Callable[[argparse.Namespace], int] = asked.command
        return int(command(asked))
    except _broken_package() as broken:
        return _complain(str(broken), Exit.REFUSED)
    except KeyboardInterrupt:
        return _complain("interrupted", Exit.INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough (`pbxsim schema | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE


def _broken_package() -> type[Exception]:
    """Give what an installed package without a sound declaration raises: looked up only where something is raised."""
    from pbxsim.discovery import BrokenPackage

    return BrokenPackage


def serve(asked: argparse.Namespace) -> int:
    """Serve PBXs until somebody stops it."""
    try:
        flags = serve_options.flags(asked)
    except argparse.ArgumentTypeError as error:
        return _complain(f"pbxsim serve: error: {error}", Exit.USAGE)
    from pbxsim.web import aiohttp_server_half, logs

    aiohttp_server_half.import_server()
    with patterns_later():  # one of its own reader's, which libyaml stands in for, takes Python 3.11 a twentieth of all
        import_module("yaml")
    logs.set_up(asked.log_format, sys.stderr)
    from pbxsim.app import Contradictory, Refused, Unreachable, run

    try:
        asked.engine = asterisk_cli.chosen(asked)
        asked.engine = sip_cli.chosen(asked)
        settings = serve_options.settings(asked, flags)
        if asked.worker is not None:
            from pbxsim.workers import Share

            settings = Share(asked.worker[0], asked.workers, asked.worker[1]).of(settings)
        elif asked.workers > 1:
            from pbxsim.workers import run_workers

            return run_workers(settings, asked.workers, asked.given)
        run(settings, _say)
    except KeyboardInterrupt:  # before it serves; then Ctrl-C is its way to end
        return Exit.DONE
    except Refused as refused:
        return _complain(str(refused), Exit.REFUSED)
    except Contradictory as contradictory:
        return _complain(f"pbxsim serve: error: {contradictory}", Exit.USAGE)
    except Unreachable as unreachable:
        return _complain(str(unreachable), Exit.UNREACHABLE)
    return Exit.DONE


def demo(asked: argparse.Namespace) -> int:
    """Serve PBXs with real telephones, fetching what that takes, and say how to hear it ring."""
    return asterisk_cli.fetched(asked) or serve(asked)


def check(asked: argparse.Namespace) -> int:
    """Tell every fault of PBX files, each by itself and all together, as one server would have them."""
    from pbxsim.config.clashes import refuse_clashes
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.discovery import find_vendors

    vendors = find_vendors()
    checked = [_checked(file, vendors, asked.engine) for file in asked.files]
    sound = [loaded for loaded in checked if loaded is not None]
    try:
        refuse_clashes(sound)
    except PbxFileRefused as refused:
        return _complain(str(refused), Exit.REFUSED)
    return Exit.DONE if len(sound) == len(checked) else Exit.REFUSED


def _checked(file: str, vendors: Mapping[str, Vendor], engines: Engines) -> LoadedFile | None:
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.config.load import load
    from pbxsim.hosting.assemble import assemble

    try:
        loaded = load(file, vendors, engines)
        assemble(loaded, clock=Scheduler(loaded.file.start or 0))
    except PbxFileRefused as refused:
        _complain(str(refused), Exit.REFUSED)
        return None
    _say(f"{file}: PBX {loaded.file.name}, no fault")
    return loaded


def schema(asked: argparse.Namespace) -> int:
    """Print the JSON Schema of PBX files."""
    import json

    from pbxsim.config.packages import Packages
    from pbxsim.config.schema import schema as json_schema
    from pbxsim.discovery import find_engines, find_vendors

    _say(json.dumps(json_schema(Packages(find_vendors(), find_engines())), indent=2, ensure_ascii=False))
    return Exit.DONE


def numbers(asked: argparse.Namespace) -> int:
    """Print the number grammar's table."""
    from pbxsim.engines.simulated.behaviour import GRAMMAR

    _say("Any number whose last nine digits are 990 O RR TTT says what its telephone does:")
    _say("RR seconds of ringing, TTT of talk until this side hangs up (000: it never does), and O:\n\nO  example    it")
    for digit, _, _, words in GRAMMAR:
        _say(f"{digit}  990{digit}03020  {words}")
    _say("\nA PBX file's own rules come first.")
    return Exit.DONE


def init(asked: argparse.Namespace) -> int:
    """Write a PBX file to begin with; one that is there already stays as it is."""
    from pbxsim.config.starter import starter
    from pbxsim.discovery import find_vendors
    from pbxsim.kit.finding import did_you_mean

    vendors = find_vendors()
    wanted = asked.vendor or list(vendors)
    unknown = next((name for name in wanted if name not in vendors), None)
    if unknown is not None:
        hint = did_you_mean(unknown, vendors)
        return _complain(f"--vendor: no vendor is called {unknown!r}{hint}: {', '.join(vendors)}", Exit.USAGE)
    spoken = [vendors[name] for name in dict.fromkeys(wanted)]
    text = starter(spoken, name=asked.name, agents=asked.agents, queues=list(dict.fromkeys(asked.queue or ())))
    return _written(asked.file, text)


def _written(file: str, text: str) -> Exit:
    if file == "-":
        print(text, end="", flush=True)
        return Exit.DONE
    try:
        with Path(file).open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        return _complain(f"{file} is there already, and stays as it is; name another file", Exit.REFUSED)
    except OSError as error:
        return _complain(f"{file} cannot be written: {error.strerror or error}", Exit.REFUSED)
    _say(f"{file} is written; pbxsim serve {file} serves it")
    return Exit.DONE


def simulate(asked: argparse.Namespace) -> int:
    """Run hours of a PBX file's traffic in seconds."""
    from pbxsim.simulate.command import SimulationRefused, simulated

    try:
        _say(simulated(asked, sys.stderr))
    except SimulationRefused as refused:
        return _complain(str(refused), Exit.REFUSED)
    return Exit.DONE


def sweep(asked: argparse.Namespace) -> int:
    """Run a PBX file's traffic with one value after the other, on many days."""
    from pbxsim.simulate.command import SimulationRefused
    from pbxsim.simulate.sweep_command import NotReached, swept

    try:
        _say(swept(asked, sys.stderr))
    except SimulationRefused as refused:
        return _complain(str(refused), Exit.REFUSED)
    except NotReached as unreachable:
        return _complain(str(unreachable), Exit.UNREACHABLE)
    return Exit.DONE


def replay(asked: argparse.Namespace) -> int:
    """Do again all that was asked of a PBX, and compare."""
    from pbxsim.replay import Difference, ReplayRefused, replay

    try:
        _say(replay(asked.journal, asked.pbx))
    except Difference as difference:
        return _complain(str(difference), Exit.REFUSED)
    except ReplayRefused as refused:
        return _complain(f"pbxsim replay: error: {refused}", Exit.USAGE)
    return Exit.DONE


def traps(asked: argparse.Namespace) -> int:
    """Try an integration against what its vendors' manuals say and clients get wrong; print the report card."""
    from pbxsim.traps.command import NotReached, TrapsRefused, WrongUse, card_of

    try:
        card = card_of(asked, lambda text: print(text, file=sys.stderr, flush=True) if sys.stderr.isatty() else None)
    except WrongUse as wrong:
        return _complain(f"pbxsim traps: error: {wrong}", Exit.USAGE)
    except TrapsRefused as refused:
        return _complain(str(refused), Exit.REFUSED)
    except NotReached as unreachable:
        return _complain(str(unreachable), Exit.UNREACHABLE)
    _say(card.json() if asked.json else card.text())
    return Exit.REFUSED if card.fell_in else Exit.DONE


def _version() -> str:
    return f"pbxsim {__version__} ({'compiled core' if is_compiled() else 'pure Python'})"


def _parser(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """Give a parser of the command that is asked for, or of all: every option of every command takes its time."""
    parser = Parser(
        prog="pbxsim", description="A PBX emulator: vendors' HTTP APIs, with calls behind them.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=_version() if "--version" in arguments else "")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    chosen = _COMMANDS.get(arguments[0]) if arguments else None
    for add_to in dict.fromkeys(_COMMANDS.values()) if chosen is None else (chosen,):
        add_to(commands.add_parser, environment)
    return parser


def _add_check(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    checker = add(
        "check",
        help="tell every fault of PBX files, and of serving them together; exit 1 if there is one",
        allow_abbrev=False,
    )
    checker.add_argument("files", nargs="+", metavar="FILE", help="the path of a PBX file, or a built-in PBX's name")
    checker.add_engine_option()
    checker.set_defaults(command=check)


def _add_schema(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    add("schema", help="print the JSON Schema of PBX files").set_defaults(command=schema)


def _add_numbers(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    add("numbers", help="print what numbers say of their telephones").set_defaults(command=numbers)


def _add_replay(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    player = add("replay", help="do again what a journal has, and compare; exit 1 if it came to something else")
    player.add_argument(
        "journal", type=Path, metavar="JOURNAL", help="what GET /_pbxsim/journal?format=replay gave, in a file"
    )
    player.add_argument("pbx", metavar="PBX", help="the PBX file that it was made of, or a built-in PBX's name")
    player.set_defaults(command=replay)


def _add_traps(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    from pbxsim.traps.command import add_options

    trapper = add(
        "traps",
        help="try your client against what vendors' manuals say and clients get wrong; exit 1 if it falls for one",
        allow_abbrev=False,
    )
    add_options(trapper, port=named(port), rate=named(rate), seconds=named(span(0.01, 86_400)))
    trapper.set_defaults(command=traps)


def _add_simulate(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    from pbxsim.simulate.command import add_options

    simulator = add("simulate", help="run hours of a PBX file's traffic in seconds", allow_abbrev=False)
    add_options(simulator, moment=moment)
    simulator.set_defaults(command=simulate)


def _add_sweep(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    from pbxsim.simulate.sweep_command import add_options

    sweeper = add("sweep", help="what if: a PBX file's traffic with one value after the other", allow_abbrev=False)
    add_options(sweeper, moment=moment)
    sweeper.set_defaults(command=sweep)


def _add_haproxy_conf(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    from pbxsim.haproxy_cli import add_options, written

    words = "write the configuration of an HAProxy before PBXs that have a process each"
    writer = add("haproxy-conf", help=words, allow_abbrev=False)
    add_options(writer)
    writer.set_defaults(command=written)


def _add_init(add: Callable[..., Parser], _: Mapping[str, str]) -> None:
    starter = add("init", help="write a commented PBX file to begin with", allow_abbrev=False)
    starter.add_argument("file", nargs="?", default="pbx.yaml", metavar="FILE", help="where; -: print it (pbx.yaml)")
    starter.add_argument("--vendor", action="append", metavar="NAME", help="whose interface; may be repeated (all)")
    starter.add_argument("--agents", type=whole(1, 500), default=2, metavar="N", help="telephones, and agents (2)")
    starter.add_argument("--queue", action="append", type=word, metavar="NAME", help="a queue; may be repeated (none)")
    starter.add_argument("--name", type=pbx_name, default="office", metavar="NAME", help="the PBX's name (office)")
    starter.set_defaults(command=init)


def _add_serve(add: Callable[..., Parser], environment: Mapping[str, str]) -> None:
    parser = add("serve", help="serve one PBX or several", allow_abbrev=False, epilog=serve_options.EPILOG)
    serve_options.add_options(parser, environment)
    parser.set_defaults(command=serve, is_demo=False)


def _add_demo(add: Callable[..., Parser], environment: Mapping[str, str]) -> None:
    words = "serve with real telephones and say how to ring one: in a browser, or a softphone"
    told = f"{words.capitalize()}. It takes what `serve` takes."
    parser = add("demo", help=words, description=told, allow_abbrev=False, epilog=serve_options.EPILOG)
    serve_options.add_options(parser, environment, engine="asterisk", db=":memory:")
    parser.set_defaults(command=demo, is_demo=True)


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str, code: Exit) -> Exit:
    print(text, file=sys.stderr, flush=True)
    return code


_COMMANDS: Final[Mapping[str, Callable[[Callable[..., Parser], Mapping[str, str]], None]]] = {
    "serve": _add_serve,
    "demo": _add_demo,
    "check": _add_check,
    "schema": _add_schema,
    "numbers": _add_numbers,
    "init": _add_init,
    "replay": _add_replay,
    "traps": _add_traps,
    **dict.fromkeys(asterisk_cli.COMMANDS, asterisk_cli.add_commands),
    "haproxy-conf": _add_haproxy_conf,
    "simulate": _add_simulate,
    "sweep": _add_sweep,
}
"""What adds which command, in the order of the help."""
