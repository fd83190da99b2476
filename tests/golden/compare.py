"""What was written down of an earlier run, and how this one differs from it."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.golden.section import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.golden.section import Section

BEFORE: Final = Path(__file__).parent / "before.txt"
"""The run that all others are compared with. It is never written again but for a new script."""

AFTER: Final = Path(__file__).parent / "after.txt"
"""The lines of sections that were changed on purpose since; they count instead of those in `before.txt`."""

DELIBERATE: Final[dict[str, str]] = {
    "commands/schema": (
        "three descriptions of Duocom's settings name the ruling that lists the places, no source file;"
        " `limits.request` says how much of a request is read, other limits how much is kept in memory; a"
        " queue has `averages`; `longest_number`, `transfer_on_hang_up`, `lenient_methods`,"
        " `www_authenticate`, `give_way`; names of extensions; `time_zone`; section `cdr`; a queue has"
        " `answers`; section `faults`, faults of calls, the nth; queues have `positions`, `announce_to_first`,"
        " `member_hears`, `min_penalty` and `max_penalty`, more of `announcements` and all words of"
        " `join_empty`; routes, entries and DIDs have `answers`; section `menus`, destinations are one kind"
        " of entry, traffic has `presses`; sections `hours`, `mailboxes`, `parking`, `features`, `asterisk`;"
        " `asterisk` has `ws_port`, `providers` and lines with `max_contacts`; section `sip`; `telephone`;"
        " `sip` has `tls_port`"
    ),
    "documented/control": (
        "the contract says who may use the control API, what readyz tells whom, exactly which values are"
        " taken, and the routes for PBXs, behaviours of telephones, verifying and waiting; as"
        " documented/cdrs; the routes for faults, the nth, forced replies, what requests met with; routes that"
        " explain, snapshots, exports, and problems that say what was meant; announcements in a call's"
        " timeline; digits are pressed, menus called; routes for opening hours, voice mail and parking; what the"
        " live page asks: events, actions, parts of the journal; readyz tells of an engine whose work is out of"
        " reach; what telephones and the PBX said; where a telephone registers over TLS; snapshots have format 3;"
        " what an event of `events` holds"
    ),
    "documented/banner": (
        "a banner that is no terminal's has *** for credentials, and says so; where the live page is"
    ),
    "town/banner": ("as documented/banner"),
    "manual/banner": ("as documented/banner"),
    "restarted/before-banner": ("as documented/banner"),
    "restarted/after-banner": ("as documented/banner; how many records the PBX goes on from"),
    "manual": (
        "readyz tells who has not the token the status alone; and as documented/metrics; `injected`, as"
        " documented/requests"
    ),
    "documented/metrics": (
        "`/metrics` tells how many entries and bytes of each log are in memory, and who is connected; as"
        " documented/cdrs; as documented/simotel_lists; the journal's bytes count a short request as it came"
    ),
    "documented/reset": ("as documented/metrics; as documented/cdrs"),
    "call-centre/metrics": (
        "as documented/metrics; as documented/voipsun_agents; as documented/cdrs; what callers hear is told"
    ),
    "restarted/before": ("as documented/metrics; as documented/cdrs"),
    "restarted/after": ("as documented/metrics, and documented/cdrs"),
    "town/call_centre": (
        "as documented/metrics; as documented/voipsun_agents; as documented/cdrs; what callers hear is told"
    ),
    "town/metrics": ("as documented/metrics; as documented/cdrs; what callers hear is told"),
    "town/queues": (
        "as documented/voipsun_agents; as documented/metrics, and documented/cdrs; what callers hear is told"
    ),
    "town/receivers": (
        "as documented/voipsun_agents; as documented/metrics, and documented/cdrs; what callers hear is told"
    ),
    "town/vendors": ("as documented/simotel_calls; as documented/metrics, and documented/cdrs"),
    "documented/voipsun_agents": (
        "hold and talk time begin with their first value whole, as in app_queue of today; as documented/cdrs"
    ),
    "town/journal": (
        "as documented/voipsun_agents; ring groups tell of each number that could not be rung; as"
        " documented/simotel_calls; as documented/cdrs; what callers hear is told"
    ),
    "town/requests": (
        "as documented/voipsun_agents; as documented/cdrs; `injected`, as documented/requests; and a call"
        " that came to nothing adds its reason to its request; a body of `{}` is shown"
    ),
    "call-centre/journal": ("as documented/voipsun_agents; as documented/cdrs"),
    "call-centre/requests": ("as documented/voipsun_agents; `injected`, as documented/requests"),
    "simulate/rush_for_1h30m": (
        "a caller whose longest wait is over while it pauses between two passes leaves after the pause;"
        " linear goes on within one wait; RINGNOANSWER before EXITWITHTIMEOUT; as documented/cdrs"
    ),
    "simulate/rush_calls_60_seed_4": ("as simulate/rush_for_1h30m; as documented/cdrs"),
    "commands/refused": (
        "an engine that there is not is told which are installed, `sip` among them; as commands/faults;"
        " section `cdr`; a queue has `answers`; section `faults`; and a PBX without traffic is told what to"
        " paste; section `menus`; sections `hours`, `mailboxes`, `parking`, `features`, `asterisk`, `sip`"
    ),
    "documented/voipsun_refusals": ("methods other than GET and POST are 405 with Allow and do nothing"),
    "documented/vum_refusals": ("methods other than GET and POST are 405 with Allow, no longer 200"),
    "documented/simotel_calls": ("405 has Allow, 401 has WWW-Authenticate"),
    "documented/nowhere": (
        "hints tell of numbers that cannot be dialled and of repeated parameters; `injected`, as"
        " documented/requests; and paths of vendors that no PBX speaks are named; `/` without parameters is the"
        " live page"
    ),
    "documented/requests": (
        "as documented/voipsun_refusals, documented/vum_refusals and documented/nowhere; as documented/cdrs;"
        " `injected` tells what a request met with; and documented/simotel_lists; a body of `{}` is shown"
    ),
    "documented/journal": (
        "as documented/voipsun_refusals and documented/vum_refusals; as documented/cdrs; and documented/simotel_lists"
    ),
    "commands/faults": (
        "`internal` is the name of an extension, a line has `transfer_on_hang_up`; the names of sections that"
        " are listed have `time_zone`; section `cdr`; a queue has `answers`; sections `faults`, `asterisk`, `sip`;"
        " section `menus`"
    ),
    "documented/vum_keys": ("as documented/cdrs"),
    "documented/simotel_lists": ("as documented/cdrs; announcements as the queue has them, none where it has none"),
    "documented/telephones": ("as documented/cdrs; a hand can `press`"),
    "documented/recordings": ("as documented/cdrs"),
    "documented/cdrs": (
        "a call's id is its first channel's; a call without a channel has a number of its own, which is none"
        " of a later channel's; records are Asterisk's rows, with eight fields more; a call has `seconds`,"
        " causes and states are AMI's"
    ),
    "town/components": ("as documented/cdrs"),
    "town/trunks": ("as documented/cdrs"),
    "town/files": ("as documented/cdrs"),
    "town/cdrs": ("as documented/cdrs"),
    "town/receivers-heard": ("as documented/cdrs"),
    "documented/examples-duocom": ("as documented/cdrs"),
    "documented/examples-simotel": ("as documented/cdrs"),
    "documented/examples-voipsun": ("as documented/cdrs"),
    "documented/examples-vum": ("as documented/cdrs"),
    "documented/voipsun_calls": ("as documented/cdrs"),
    "call-centre/cdrs": ("as documented/cdrs"),
    "simulate/call-centre_for_30m": ("as documented/cdrs"),
    "simulate/call-centre_for_30m_seed_12_start-at_2026-03-02T124000Z": ("as documented/cdrs"),
    "simulate/call-centre_calls_150_seed_5": ("as documented/cdrs"),
    "commands/check": ("a file that there is not has no line; the PBX `reception`"),
}
"""Every section that has a line in `after.txt`, and what in it was changed on purpose, as a user sees it."""

_ALL: Final = "all"


def written(sections: Sequence[Section]) -> str:
    """Spell a run: a line for each section with its hash, how many entries it has and how many are requests."""
    lines = [_line(section.name, section.content, len(section.entries), section.requests) for section in sections]
    whole = b"".join(sha256(section.content).digest() for section in sections)
    entries = sum(len(section.entries) for section in sections)
    lines.append(_line(_ALL, whole, entries, sum(section.requests for section in sections)))
    return "".join(lines)


def expected() -> str:
    """Give the run that is right today: that of `before.txt` with what was changed on purpose."""
    after = _by_name(AFTER.read_text("utf-8"))
    return "".join(after.pop(name, line) for name, line in _by_name(BEFORE.read_text("utf-8")).items()) + "".join(
        after.values()
    )


def changes(sections: Sequence[Section]) -> str:
    """Spell what belongs into `after.txt`: the lines of sections that differ from `before.txt`."""
    before = _by_name(BEFORE.read_text("utf-8"))
    now = _by_name(written(sections))
    return "".join(line for name, line in now.items() if name != _ALL and line != before.get(name))


def differing(sections: Sequence[Section], then: str) -> list[str]:
    """Name the sections that are not as they were, that are new, or that are gone."""
    now, before = _by_name(written(sections)), _by_name(then)
    names = list(dict.fromkeys((*now, *before)))
    return [name for name in names if name != _ALL and now.get(name) != before.get(name)]


def dump(sections: Sequence[Section], folder: Path) -> None:
    """Write each section's bytes into a file."""
    for section in sections:
        _entries_file(folder, section.name).parent.mkdir(parents=True, exist_ok=True)
        _entries_file(folder, section.name).write_bytes(section.content)


def first_differences(sections: Sequence[Section], names: Sequence[str], folder: Path) -> Iterator[str]:
    """Show of each section that is named the first place in which it is not as in an earlier dump."""
    for section in sections:
        if section.name not in names:
            continue
        file = _entries_file(folder, section.name)
        yield f"== {section.name}: {_difference(section, file.read_bytes()) if file.exists() else 'not in the dump'}"


def _difference(section: Section, then: bytes) -> str:
    for number, (now, before) in enumerate(zip_longest(section.entries, then.split(SEPARATOR), fillvalue=b""), start=1):
        if now != before:
            asked = (now or before).splitlines()[0].decode(errors="replace")[:160]
            return f"entry {number}, {asked}\n{_place(before, now)}"
    return "the same as in the dump, which is another than that of before.txt"


def _place(before: bytes, now: bytes) -> str:
    """Show the first difference; that the length is another follows from what is."""
    lengthless = [re.sub(rb"(?m)^Content-Length: \d+", b"Content-Length: N", each) for each in (before, now)]
    before, now = lengthless if lengthless[0] != lengthless[1] else (before, now)
    place = next(at for at in range(len(now) + 1) if now[at : at + 1] != before[at : at + 1])
    around = slice(max(0, place - 100), place + 160)
    return f"  then {before[around]!r}\n  now  {now[around]!r}"


def _by_name(text: str) -> dict[str, str]:
    return {line.split(" ")[0]: line for line in text.splitlines(keepends=True)}


def _line(name: str, content: bytes, entries: int, requests: int) -> str:
    return f"{name} {sha256(content).hexdigest()} {entries} {requests}\n"


def _entries_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.bytes"
