"""The command line's part that is about an HAProxy before several servers, each with a PBX of its own.

Not here: what is written (web/haproxy.py), how to run it (docs/many-processes.md).
"""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.options import address, named, whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from pbxsim.config.load import LoadedFile
    from pbxsim.kit.vendor import Vendor
    from pbxsim.options import Parser

_DONE: Final = 0
_REFUSED: Final = 1
_USAGE: Final = 2


def add_options(parser: Parser) -> None:
    """Add what the command takes."""
    parser.add_argument("pbxs", nargs="+", metavar="PBX", help="files, or built-in PBXs' names")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write it into")
    parser.add_argument(
        "--listen",
        type=named(partial(address, like="127.0.0.1:8080")),
        default=("127.0.0.1", 8080),
        metavar="HOST:PORT",
        help="where clients come to (127.0.0.1:8080)",
    )
    parser.add_argument(
        "--first-port",
        type=named(whole(1, 65_535)),
        default=8101,
        metavar="PORT",
        help="of the first PBX's server; each other has the next (8101)",
    )


def written(asked: argparse.Namespace) -> int:
    """Write the configuration; give the exit code."""
    from pbxsim.config.clashes import refuse_clashes
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.config.load import load
    from pbxsim.discovery import find_engines, find_vendors
    from pbxsim.web.haproxy import CannotChoose

    last = 65_536 - len(asked.pbxs)
    if asked.first_port > last:
        told = f"pbxsim haproxy-conf: error: --first-port: with {len(asked.pbxs)} PBXs at most {last}"
        return _complain(f"{told}, not {asked.first_port}", _USAGE)
    vendors, engines = find_vendors(), find_engines()
    try:
        files = [load(pbx, vendors, engines) for pbx in asked.pbxs]
        refuse_clashes(files)
        print("\n".join(_written(asked, files, vendors)), flush=True)
    except (PbxFileRefused, CannotChoose) as refused:
        return _complain(str(refused), _REFUSED)
    except OSError as error:
        return _complain(f"{asked.out} cannot be written: {error.strerror or error}", _REFUSED)
    return _DONE


def _complain(words: str, code: int) -> int:
    print(words, file=sys.stderr, flush=True)
    return code


def _written(asked: argparse.Namespace, files: Sequence[LoadedFile], vendors: Mapping[str, Vendor]) -> Iterator[str]:
    """Write both files; give lines that say what to start. Raises CannotChoose, OSError."""
    from pbxsim.sinks.private_files import make_folder, write_file
    from pbxsim.web.haproxy import MAP, Behind, configuration, credentials_map

    behind = [
        Behind(loaded.file.name, f"127.0.0.1:{port}", _parts(loaded))
        for port, loaded in enumerate(files, asked.first_port)
    ]
    host, port = asked.listen
    written = configuration(behind, vendors, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    make_folder(asked.out)
    write_file(asked.out / MAP, credentials_map(behind, vendors))
    write_file(asked.out / "haproxy.cfg", written)
    yield f"{asked.out} has the configuration of an HAProxy. Start the servers behind it:"
    for port, pbx in enumerate(asked.pbxs, asked.first_port):
        yield f"  pbxsim serve {shlex.quote(pbx)} --port {port}"
    yield f"and it: haproxy -f {shlex.quote(str(asked.out / 'haproxy.cfg'))}"


def _parts(loaded: LoadedFile) -> dict[str, frozenset[tuple[str, ...]]]:
    """Give the parts of a PBX's credentials, by vendor."""
    found: dict[str, frozenset[tuple[str, ...]]] = dict.fromkeys(loaded.file.vendors, frozenset())
    for placed in loaded.credentials_placed:
        found[placed.vendor] |= placed.parts
    return found
