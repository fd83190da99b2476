"""The words of `pbxsim traps`. Light: what it takes to try something is imported only to do it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pbxsim.traps.card import Card
    from pbxsim.traps.integration import Integration


class TrapsRefused(Exception):
    """It cannot be tried; says why."""


class WrongUse(Exception):
    """The command line does not say what is to be tried; says why."""


class NotReached(Exception):
    """What is to be tried, or what serving needs, cannot be reached; says why."""


def add_options(
    parser: argparse.ArgumentParser,
    *,
    port: Callable[[str], object],
    rate: Callable[[str], object],
    seconds: Callable[[str], object],
) -> None:
    """Give the command its options; the functions read a port, a clock's rate and seconds as other commands do."""
    parser.add_argument("pbx", metavar="PBX", help="the path of a PBX file, or a built-in PBX's name")
    parser.add_argument(
        "--client",
        required=True,
        metavar="COMMAND|URL",
        help="places a call to PBXSIM_NUMBER by the PBX at PBXSIM_URL: exit 0 if it was placed; a URL is sent the same"
        " as JSON: 2xx",
    )
    parser.add_argument(
        "--check",
        metavar="COMMAND|URL",
        help="asked in the end, PBXSIM_DISPOSITION has the outcomes: exit 0, or 2xx, if your client knows them",
    )
    parser.add_argument("--receiver", default="", metavar="URL", help="what ${RECEIVER} in the PBX file stands for")
    parser.add_argument("--only", action="append", metavar="TRAP", help="this trap alone; may be repeated")
    parser.add_argument("--clock", type=rate, default=0.0, metavar="RATE", help="held until the command is done (held)")
    parser.add_argument("--port", type=port, default=0, metavar="PORT", help="where to listen (any that is free)")
    parser.add_argument("--timeout", type=seconds, default=30.0, metavar="S", help="seconds for each run (30)")
    parser.add_argument("--json", action="store_true", help="print the report card as JSON")


def card_of(asked: argparse.Namespace, say: Callable[[str], None]) -> Card:
    """Try what was asked for; `say` tells how far it is. Raises TrapsRefused, WrongUse, NotReached."""
    import asyncio

    from pbxsim.app import Contradictory
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.hosting.errors import CannotBegin
    from pbxsim.traps.integration import Address, CommandLine, NotThere
    from pbxsim.traps.run import CannotTry, Unfitting, Wish, tried
    from pbxsim.traps.trial import ControlFailed
    from pbxsim.web.listening import AddressInUse
    from pbxsim.web.paths import PathClaimedTwice

    def read(option: str, text: str) -> Integration:
        is_address = text.startswith(("http://", "https://"))
        return Address(text, asked.timeout) if is_address else CommandLine(_words(option, text), asked.timeout)

    wish = Wish(
        file=asked.pbx,
        integration=read("--client", asked.client),
        check=None if asked.check is None else read("--check", asked.check),
        receiver=asked.receiver.rstrip("/"),
        only=tuple(asked.only or ()),
        rate=asked.clock,
        port=asked.port,
    )
    try:
        return asyncio.run(tried(wish, say))
    except (Contradictory, Unfitting) as error:
        raise WrongUse(str(error)) from error
    except (PbxFileRefused, CannotBegin, CannotTry, ControlFailed, PathClaimedTwice) as error:
        raise TrapsRefused(str(error)) from error
    except (AddressInUse, NotThere) as error:
        raise NotReached(str(error)) from error


def _words(option: str, text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise WrongUse(f"{option} {text!r}: {error}") from None
    if not words:
        raise WrongUse(f"{option}: a command, or an address, and not nothing")
    return words
