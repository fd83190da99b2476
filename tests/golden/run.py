"""The whole script, server by server: which sections there are, in which order, and the bytes of each.

Servers are run side by side, for most of the time goes into starting them; what each one says has an order of its own.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.golden import control_script, documented_script, other_scripts, town_script
from tests.golden.control import shown
from tests.golden.receivers import Heard, listening
from tests.golden.section import Section
from tests.golden.server import PBXES, command, served
from tests.golden.vendors import VENDORS, examples
from tests.golden.wire import Client, Request, Seen, get

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.golden.wire import Reply, Script

_LONGEST: Final = 4_000  # bytes of a request that are shown
_START: Final = ("--start-at", control_script.BEGIN, "--seed", "7")


class Teller:
    """Plays scripts to a server, and keeps what it answered."""

    def __init__(self, port: int, seen: Seen) -> None:
        self._client = Client(port)
        self._seen = seen
        self.sections: list[Section] = []

    def play(self, name: str, script: Script) -> None:
        """Play a script; it is a section."""
        section = self._section(name)
        try:
            asked = next(script)
            while True:
                asked = script.send(self._told(asked, section))
        except StopIteration:
            return

    def ask(self, name: str, *requests: Request) -> None:
        """Ask these; they are a section."""
        section = self._section(name)
        for asked in requests:
            self._told(asked, section)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _section(self, name: str) -> Section:
        self.sections.append(Section(name))
        return self.sections[-1]

    def _told(self, asked: Request, section: Section) -> Reply:
        reply = self._client.ask(asked)
        section.requests += 1
        section.entries.append(self._seen.text(asked.raw[:_LONGEST]) + b"\n--> " + self._seen.settled(reply))
        return reply


def run() -> list[Section]:
    """Run everything; give the sections in the order of `before.txt`."""
    parts: tuple[Callable[[Path], list[Section]], ...] = (_documented, _town, _manual, _restarted, _commands)
    with TemporaryDirectory(prefix="golden-") as folder, ThreadPoolExecutor(len(parts)) as side_by_side:
        places = [Path(folder, part.__name__.strip("_")) for part in parts]
        for place in places:
            place.mkdir()
        done = side_by_side.map(lambda part, place: part(place), parts, places)
        return [section for sections in done for section in sections]


def _documented(folder: Path) -> list[Section]:
    with served("documented", *_START, "--recordings", str(folder), "--db", ":memory:") as banner:
        teller = Teller(banner.port, Seen(((str(folder).encode(), b"FOLDER"),)))
        for vendor in VENDORS:
            teller.play(f"documented/examples-{vendor}", examples(vendor))
        script = documented_script
        for part in (
            script.voipsun_calls, script.voipsun_refusals, script.voipsun_agents, script.vum_keys, script.vum_refusals,
            script.simotel_calls, script.simotel_lists, script.duocom_calls, script.duocom_lists,
            control_script.control, control_script.telephones, control_script.nowhere, control_script.recordings,
        ):  # fmt: skip
            teller.play(f"documented/{part.__name__}", part())
        _ends(teller, "documented")
        teller.play("documented/reset", control_script.reset())
        teller.close()
    return [Section("documented/banner", [banner.settled()]), *teller.sections]


def _town(folder: Path) -> list[Section]:
    heard = Heard()
    with listening(heard) as (web, mail):
        file = folder / "town.yaml"
        text = (PBXES / "town.yaml").read_text("utf-8")
        file.write_text(text.replace("//WEB/", f"//127.0.0.1:{web}/").replace("port: MAIL", f"port: {mail}"), "utf-8")
        seen = Seen(
            (
                (f"127.0.0.1:{web}".encode(), b"WEB"),
                (f"127.0.0.1:{mail}".encode(), b"MAIL"),
                (str(folder).encode(), b"FOLDER"),
            )
        )
        with served(
            str(file), "call-centre", "--recordings", str(folder / "r"), "--db", str(folder / "town.db")
        ) as banner:
            teller = Teller(banner.port, seen)
            script = town_script
            parts = (script.vendors, script.components, script.trunks, script.queues, script.receivers, script.files)
            for part in parts:
                teller.play(f"town/{part.__name__}", part())
            _ends(teller, "town")
            teller.play("town/call_centre", script.call_centre())
            _ends(teller, "call-centre")
            teller.close()
    told = Section("town/receivers-heard", [seen.text(one) for one in heard.all()])
    return [Section("town/banner", [seen.text(banner.settled())]), *teller.sections, told]


def _manual(folder: Path) -> list[Section]:
    arguments = ("voipsun-manual", *_START, "--control-token", "t0ken", "--recordings", str(folder), "--db", ":memory:")
    with served(*arguments) as banner:
        teller = Teller(banner.port, Seen())
        teller.play("manual", other_scripts.manual())
        teller.close()
    return [Section("manual/banner", [banner.settled()]), *teller.sections]


def _restarted(folder: Path) -> list[Section]:
    sections = []
    for name, script in (("before", other_scripts.before_restart), ("after", other_scripts.after_restart)):
        arguments = ("documented", *_START, "--recordings", str(folder / "r"), "--db", str(folder / "kept.db"))
        with served(*arguments) as banner:
            seen = Seen(((str(folder).encode(), b"FOLDER"),))
            teller = Teller(banner.port, seen)
            teller.play(f"restarted/{name}", script())
            teller.close()
        sections += [Section(f"restarted/{name}-banner", [seen.text(banner.settled())]), *teller.sections]
    return sections


def _ends(teller: Teller, pbx: str) -> None:
    """Ask for all that a PBX has written down."""
    teller.ask(f"{pbx}/journal", shown("journal", format="jsonl", pbx=pbx), shown("journal", limit=50, pbx=pbx))
    teller.ask(f"{pbx}/requests", shown("requests", limit=10_000, pbx=pbx))
    teller.ask(f"{pbx}/cdrs", shown("cdrs", limit=10_000, pbx=pbx), shown("cdrs.csv", pbx=pbx))
    teller.ask(f"{pbx}/metrics", shown("clock", pbx=pbx), get("/metrics"), get("/readyz"))


_FILES: Final = ("documented", "voipsun-manual", "call-centre", "rush.yaml", "none.yaml", "nothing")
_COMMANDS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "schema": (("schema",),),
    "numbers": (("numbers",),),
    "check": tuple(("check", file) for file in _FILES),
    "faults": tuple(("check", file) for file in ("bad.yaml", "worse.yaml", "broken.yaml")),
    "refused": (
        ("simulate", "documented", "--for", "1h"),
        ("simulate", "bad.yaml", "--calls", "5"),
        ("simulate", "rush.yaml", "--for", "soon"),
        ("simulate", "rush.yaml"),
        ("serve", "bad.yaml"),
        ("serve", "documented", "--port", "70000"),
        ("serve", "documented", "--engine", "water"),
        ("serve", "documented", "--db", "oracle://x"),
    ),
}
_SIMULATIONS: Final = (
    ("call-centre", "--for", "30m"),
    ("call-centre", "--for", "30m", "--seed", "12", "--start-at", "2026-03-02T12:40:00Z"),
    ("call-centre", "--calls", "150", "--seed", "5"),
    ("rush.yaml", "--for", "1h30m"),
    ("rush.yaml", "--calls", "60", "--seed", "4"),
)


def _commands(folder: Path) -> list[Section]:
    commands = [
        Section(f"commands/{name}", [_settled_command(*each) for each in asked]) for name, asked in _COMMANDS.items()
    ]
    return [*commands, *(_simulated(folder, *each) for each in _SIMULATIONS)]


def _settled_command(*arguments: str) -> bytes:
    said = command(*arguments)
    if arguments == ("schema",):
        said = re.sub(rb"\\n +", rb"\\n", said)
    return " ".join(arguments).encode() + b"\n" + said


def _simulated(folder: Path, *arguments: str) -> Section:
    """Simulate; give the summary, the call records and the queue log."""
    cdrs, log = folder / "cdrs.csv", folder / "queue_log.csv"
    said = command("simulate", *arguments, "--cdr", str(cdrs), "--queue-log", str(log))
    name = "simulate/" + "_".join(arguments).replace("--", "").replace(":", "").replace(".yaml", "")
    said = said.replace(str(folder).encode(), b"FOLDER")
    return Section(name, [said, cdrs.read_bytes(), log.read_bytes()])
