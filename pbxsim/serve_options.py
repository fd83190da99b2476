"""The words of `pbxsim serve`: its options, and what they come to.

Not here: how the text of an option is read (options.py), what is served (app.py).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pbxsim import asterisk_cli, sip_cli
from pbxsim.engines import DEFAULT_ENGINE
from pbxsim.options import (
    FromEnvironment,
    Options,
    database,
    moment,
    named,
    one_of,
    port,
    rate,
    seed,
    span,
    token,
    truth,
    whole,
    worker_share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.app import ServeSettings
    from pbxsim.hosting.storage import Wanted
    from pbxsim.options import Parser


EPILOG: Final = "Each option may also stand in the environment, as PBXSIM_PORT=9000; the command line goes first."


class Flags(NamedTuple):
    """The options without a value."""

    watch: bool
    is_open: bool
    hint_header: bool


def add_options(
    parser: Parser, environment: Mapping[str, str], *, engine: str = DEFAULT_ENGINE, db: str | None = None
) -> None:
    """Give a command that serves its options; each may stand in the environment. These are what it does unasked."""
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
    sip_cli.add_options(option)
    _add_store_options(option, db)
    _add_connection_options(option)
    option("workers", 1, whole(1, 64), "N", "processes, each with a share of the PBXs and a port of its own (1)")
    parser.add_argument("--worker", type=worker_share, help=argparse.SUPPRESS)  # ours alone: see workers.py
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


def flags(asked: argparse.Namespace) -> Flags:
    """Read them: given, or as the environment says. Raises ArgumentTypeError."""
    return Flags(_flag(asked.watch), _flag(asked.open), _flag(asked.hint_header))


def settings(asked: argparse.Namespace, flags: Flags) -> ServeSettings:
    """Say what is to be served, for the parsed command line."""
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
        is_open=flags.is_open,
        is_terminal=sys.stdout.isatty(),
        is_demo=asked.is_demo,
        watch=flags.watch,
        ready_file=asked.ready_file,
        log=asked.log,
        hint_header=flags.hint_header,
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


def _flag(given: Literal[True] | FromEnvironment) -> bool:
    """Read an option without a value: given, or as the environment says. Raises ArgumentTypeError."""
    return given is True or bool(named(truth)(given))
