"""The command line's part that is about telephones which register at pbxsim itself: where, what is captured, logged."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pbxsim.options import address, one_of

if TYPE_CHECKING:
    import argparse

    from pbxsim.discovery import Engines
    from pbxsim.options import Options


def add_options(option: Options) -> None:
    """Add the options of `serve`."""
    option(
        "sip",
        None,
        partial(address, like="127.0.0.1:5060"),
        "HOST:PORT",
        "the engine sip: where telephones register (the PBX file's)",
    )
    option("sip-pcap", None, Path, "FILE", "the engine sip: a file for its messages, which Wireshark opens")
    option(
        "sip-log",
        None,
        one_of("none", "calls", "messages"),
        "none|calls|messages",
        "the engine sip: log each call's messages at its end, or each message (none)",
    )


def chosen(asked: argparse.Namespace) -> Engines:
    """Give the engines, the chosen one told where it listens. Raises Contradictory."""
    engines: Engines = asked.engine
    told = [name for name in ("sip", "sip_pcap", "sip_log") if getattr(asked, name) is not None]
    if not told:
        return engines
    from pbxsim.app import Contradictory

    option = f"--{told[0].replace('_', '-')}"
    if engines.chosen.name != "sip":
        raise Contradictory(f"{option} is for --engine sip")
    if len(asked.pbxs) > 1 and told != ["sip_log"]:
        raise Contradictory(f"{option} is for one PBX: with several, say in each one's file where telephones register")
    from pbxsim.engines.sip import listening
    from pbxsim.engines.sip.capture import Capture

    try:
        capture = None if asked.sip_pcap is None else Capture(asked.sip_pcap)
    except OSError as error:
        raise Contradictory(f"--sip-pcap {asked.sip_pcap}: {error.strerror}") from error
    engine = listening(asked.sip, capture, asked.sip_log or "none")
    return type(engines)({**engines.found, engine.name: engine}, engine)
