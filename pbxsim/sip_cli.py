"""The command line's part that is about SIP without an Asterisk.

Not here: what the engine does (engines/sip/), what else there is on the command line (cli.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pbxsim.discovery import Engines
    from pbxsim.options import Options


def add_options(option: Options) -> None:
    """Add the options of `serve`."""
    option("sip-pcap", None, Path, "FILE", "the engine sip: write its messages there, as Wireshark reads them")


def chosen(asked: argparse.Namespace) -> Engines:
    """Give the engines, the chosen one told where to write its messages. Raises Contradictory."""
    engines: Engines = asked.engine
    if asked.sip_pcap is None:
        return engines
    from pbxsim.app import Contradictory

    if engines.chosen.name != "sip":
        raise Contradictory("--sip-pcap is for --engine sip")
    from pbxsim.engines.sip import captured
    from pbxsim.engines.sip.capture import Capture

    try:
        engine = captured(Capture(asked.sip_pcap))
    except OSError as error:
        raise Contradictory(f"--sip-pcap {asked.sip_pcap}: {error.strerror}") from error
    return type(engines)({**engines.found, engine.name: engine}, engine)
