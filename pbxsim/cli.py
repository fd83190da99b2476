"""The command line: what each command and option is called, and what a process returns.

Exit codes: 0 done, 1 refused input, 2 wrong usage, 3 a component is unreachable, 130 interrupted (Ctrl-C). Whatever
only some commands need is imported by those alone: a start is quick because most of pbxsim is not read for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pbxsim import __version__, asterisk_cli
from pbxsim.engines import DEFAULT_ENGINE
from pbxsim.options import (
    FromEnvironment,
    Options,
    Parser,
    database,
    later,
    moment,
    named,
    one_of,
    pbx_name,
    port,
    rate,
    seed,
    span,
    token,
    truth,
    whole,
    word,
)
from pbxsim.simulate.command import add_options
from pbxsim.traps.command import add_options as add_traps_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pbxsim.app import ServeSettings
    from pbxsim.config.load import LoadedFile
    from pbxsim.discovery import Engines
    from pbxsim.hosting.storage import Wanted
    from pbxsim.kit.vendor import Vendor


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
        asked = _parser(os.environ).parse_args(arguments)
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
        watch, is_open, header = _flag(asked.watch), _flag(asked.open), _flag(asked.hint_header)
    except argparse.ArgumentTypeError as error:
        return _complain(f"pbxsim serve: error: {error}", Exit.USAGE)
    import gc

    gc.disable()  # until everything is loaded: what is being loaded stays, and looking for garbage in it is in vain
    from pbxsim.web import aiohttp_server_half, logs

    aiohttp_server_half.import_server()
    logs.set_up(asked.log_format, sys.stderr)
    from pbxsim.app import Contradictory, Refused, Unreachable, run

    try:
        asked.engine = asterisk_cli.chosen(asked)
        run(_settings(asked, watch=watch, is_open=is_open, hint_header=header), _say)
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


def _flag(given: Literal[True] | FromEnvironment) -> bool:
    """Read an option without a value: given, or as the environment says. Raises ArgumentTypeError."""
    return given is True or bool(named(truth)(given))


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


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = Parser(
        prog="pbxsim", description="A PBX emulator: vendors' HTTP APIs, with calls behind them.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"pbxsim {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands, environment)
    add: Callable[..., Parser] = commands.add_parser
    checker = add(
        "check",
        help="tell every fault of PBX files, and of serving them together; exit 1 if there is one",
        allow_abbrev=False,
    )
    checker.add_argument("files", nargs="+", metavar="FILE", help="the path of a PBX file, or a built-in PBX's name")
    checker.add_engine_option()
    checker.set_defaults(command=check)
    add("schema", help="print the JSON Schema of PBX files").set_defaults(command=schema)
    add("numbers", help="print what numbers say of their telephones").set_defaults(command=numbers)
    _add_init(add)
    player = add("replay", help="do again what a journal has, and compare; exit 1 if it came to something else")
    player.add_argument(
        "journal", type=Path, metavar="JOURNAL", help="what GET /_pbxsim/journal?format=replay gave, in a file"
    )
    player.add_argument("pbx", metavar="PBX", help="the PBX file that it was made of, or a built-in PBX's name")
    player.set_defaults(command=replay)
    trapper = add(
        "traps",
        help="try your client against what vendors' manuals say and clients get wrong; exit 1 if it falls for one",
        allow_abbrev=False,
    )
    add_traps_options(trapper, port=named(port), rate=named(rate), seconds=named(span(0.01, 86_400)))
    trapper.set_defaults(command=traps)
    asterisk_cli.add_commands(add)
    simulator = add("simulate", help="run hours of a PBX file's traffic in seconds", allow_abbrev=False)
    add_options(simulator, moment=moment)
    simulator.set_defaults(command=simulate)
    return parser


def _add_init(add: Callable[..., Parser]) -> None:
    starter = add("init", help="write a commented PBX file to begin with", allow_abbrev=False)
    starter.add_argument("file", nargs="?", default="pbx.yaml", metavar="FILE", help="where; -: print it (pbx.yaml)")
    starter.add_argument("--vendor", action="append", metavar="NAME", help="whose interface; may be repeated (all)")
    starter.add_argument("--agents", type=whole(1, 500), default=2, metavar="N", help="telephones, and agents (2)")
    starter.add_argument("--queue", action="append", type=word, metavar="NAME", help="a queue; may be repeated (none)")
    starter.add_argument("--name", type=pbx_name, default="office", metavar="NAME", help="the PBX's name (office)")
    starter.set_defaults(command=init)


def _add_serve(commands: Any, environment: Mapping[str, str]) -> None:  # noqa: ANN401 - argparse keeps that type private
    epilog = "Each option may also stand in the environment, as PBXSIM_PORT=9000; the command line goes first."
    add: Callable[..., Parser] = partial(commands.add_parser, allow_abbrev=False, epilog=epilog)
    parser = add("serve", help="serve one PBX or several")
    _add_serve_options(parser, environment)
    parser.set_defaults(command=serve)
    words = "serve with real telephones and say how to ring one: in a browser, or a softphone"
    parser = add("demo", help=words, description=f"{words.capitalize()}. It takes what `serve` takes.")
    _add_serve_options(parser, environment, engine="asterisk", db=":memory:")
    parser.set_defaults(command=demo)


def _add_serve_options(
    parser: Parser, environment: Mapping[str, str], *, engine: str = DEFAULT_ENGINE, db: str | None = None
) -> None:
    parser.add_argument(
        "pbxs", nargs="*", metavar="PBX", help="built-in PBXs' names, or paths of PBX files (documented)"
    )
    option = Options(parser, environment)
    option("host", "127.0.0.1", str, "ADDRESS", "where to listen (127.0.0.1)")
    option("port", 8080, port, "PORT", "0: any that is free, which is printed (8080)")
    option("clock", 1.0, rate, "real|paused|RATE", "how fast the PBXs' time goes by (real)")
    option("start-at", None, moment, "TIME", "where their time begins, ISO 8601")
    option("seed", None, seed, "N", "decides what is drawn by chance (the PBX file's)")
    parser.add_engine_option(option.given("engine") or engine)
    option("recordings", None, Path, "DIR", "the root of the recordings (beside the store)")
    option("ready-file", None, Path, "PATH", "a file to write, once it serves: JSON with url, pbxs and pid")
    option("tls", "", str, "self-signed|CERT:KEY", "serve HTTPS, with a certificate made now or with yours")
    option("control-token", None, token, "T", "ask for it as bearer token in the control API")
    option("log", "hints", one_of("requests", "hints", "none"), "requests|hints|none", "what to log a line of (hints)")
    option("log-format", "text", one_of("text", "json"), "text|json", "how log lines on stderr look (text)")
    asterisk_cli.add_options(option)
    _add_store_options(option, db)
    _add_connection_options(option)
    option("workers", None, later("workers"), "N", "not in this release")
    _add_flag(parser, environment, "watch", "begin anew when a PBX file has changed")
    _add_flag(parser, environment, "hint-header", "have hints in the replies' header X-Pbxsim-Hint")
    _add_flag(parser, environment, "open", "beyond the loopback, have a control API without a token")


def _add_store_options(option: Options, db: str | None) -> None:
    option(
        "db", db, database, "URL", "where records last: an SQLite file, postgresql://…, mysql://…, :memory: (a file)"
    )
    option("db-synchronous", "normal", one_of("off", "normal", "full"), "off|normal|full", "how sure a write is")
    option("db-flush-ms", 50, whole(1, 60_000), "MS", "how long a record may wait to be written with others (50)")
    option("db-keep-days", 0, whole(0, 36_500), "DAYS", "forget records older than that; 0: never (0)")
    option("db-spill", None, Path, "DIR", "the folder for what the store cannot write")


def _add_connection_options(option: Options) -> None:
    option("connections", None, whole(1, 1_000_000), "N", "clients at once (as many as open files allow, 4096)")
    option("connections-per-address", None, whole(1, 1_000_000), "N", "of them from one address (256)")
    seconds = span(0.01, 86_400)
    option("first-byte-timeout", None, seconds, "S", "how long a client may be connected and say nothing (30)")
    option("header-timeout", None, seconds, "S", "how long a request's header may take (30)")
    option("header-bytes", None, whole(1_000, 100_000_000), "N", "bytes of it, its lines together (65536)")
    option("body-timeout", None, seconds, "S", "how long its body may take (10)")
    option("keep-alive", None, seconds, "S", "how long a client may wait with its next request (75)")
    option("send-timeout", None, seconds, "S", "how long a client may take nothing of its reply (60)")


def _add_flag(parser: Parser, environment: Mapping[str, str], name: str, words: str) -> None:
    variable = f"PBXSIM_{name.upper().replace('-', '_')}"
    given = FromEnvironment(environment.get(variable, ""), variable)
    parser.add_argument(f"--{name}", action="store_true", default=given, help=words)


def _settings(asked: argparse.Namespace, *, watch: bool, is_open: bool, hint_header: bool) -> ServeSettings:
    from pbxsim.app import ServeSettings
    from pbxsim.web.connection_limits import ConnectionWishes

    return ServeSettings(
        pbxs=tuple(asked.pbxs) or ("documented",),
        host=asked.host,
        port=asked.port,
        rate=asked.clock,
        start_at=asked.start_at,
        seed=asked.seed,
        engines=asked.engine,
        secrets=(asked.asterisk_secret,) if asked.asterisk_secret else (),
        recordings=asked.recordings,
        stored=_stored(asked),
        tls=asked.tls,
        control_token=asked.control_token or "",
        connections=ConnectionWishes(
            at_once=asked.connections,
            per_address=asked.connections_per_address,
            first_byte=asked.first_byte_timeout,
            header=asked.header_timeout,
            body=asked.body_timeout,
            between=asked.keep_alive,
            sending=asked.send_timeout,
            header_bytes=asked.header_bytes,
        ),
        is_open=is_open,
        is_terminal=sys.stdout.isatty(),
        is_demo=asked.command is demo,
        watch=watch,
        ready_file=asked.ready_file,
        log=asked.log,
        hint_header=hint_header,
    )


def _stored(asked: argparse.Namespace) -> Wanted:
    from pbxsim.hosting.storage import Wanted
    from pbxsim.sinks.store.location import IN_MEMORY

    return Wanted(
        place=asked.db if asked.db is not None or asked.clock else IN_MEMORY,
        port=asked.port,
        lasts=asked.port != 0 and asked.clock == 1,
        synchronous=asked.db_synchronous,
        flush_ms=asked.db_flush_ms,
        keep_days=asked.db_keep_days,
        spill=asked.db_spill,
    )


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str, code: Exit) -> Exit:
    print(text, file=sys.stderr, flush=True)
    return code
