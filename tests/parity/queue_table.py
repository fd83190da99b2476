"""The page `docs/parity-queues.md`: what a real Asterisk's queues did, word by word, and what is otherwise here."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUE_PAGE: Final = Path(__file__).parents[2] / "docs" / "parity-queues.md"
MEASURED: Final[dict[str, Any]] = msgspec.json.decode(
    (Path(__file__).parent / "recorded" / "queues-22.10.json").read_bytes()
)
OTHERWISE: Final = {
    "A place that changes while it is being said is told as it was": "Asterisk comes to the number later than to the"
    " sentence, and may say the new one; here a sentence is fixed when it begins. Both take the new one for told.",
    "A caller who hangs up while a member hears something is gone at once": "Asterisk notices when the member has"
    " heard it all, and counts the wait until then; log and figures are else the same.",
    "No telephone is of unknown state": "It is registered or not; the word `unknown` is taken and fits nobody.",
    "Announcements come when they are due": "Asterisk looks once a second, and again a second later.",
    "A telephone that drops has cause 38": "One that falls silent has 44 there (`rtp_timeout`); records, queue log and"
    " figures are the same. 38 is the PBX file's and the numbers' word for it, and `cause: 44` is heeded.",
}
"""What is otherwise here, and why."""

_HEAD: Final = (
    "Written by `python -m tests.parity --write`. {how} `tests/parity/test_queues_measured.py` plays all of it here,"
    " and sees that it is the same, but for what stands at the end. It was Asterisk {asterisk}."
)


def queue_page() -> str:
    """Write the page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield from ("# Queues as on a real Asterisk", "")
    yield from wrap(_HEAD.format(**MEASURED), 140)
    yield from ("", "## Who counts as there", "")
    yield "`+` there; `-` nobody there; `p` there unless paused. The last column is a penalty above `max_penalty`."
    for setting in ("joinempty", "leavewhenempty"):
        yield from ("", *_who(setting))
    yield from ("", "## What else was measured", "", *_other())
    yield from ("", "## What is otherwise here", "", "| | why |", "| --- | --- |")
    for what, why in OTHERWISE.items():
        yield f"| {what} | {why} |"


def _who(setting: str) -> Iterator[str]:
    words: dict[str, dict[str, list[bool]]] = MEASURED[setting]
    states = list(next(iter(words.values())))
    outside = MEASURED["penalty"] if setting == "joinempty" else {}
    more = ["outside"] if outside else []
    yield f"| {setting} | {' | '.join(states + more)} |"
    yield "| --- " * (1 + len(states) + len(more)) + "|"
    for word, counts in words.items():
        marks = ["-p+"[sum(counts[state])] for state in states]  # there, and there though paused
        marks += ["+" if outside[word] else "-"] if outside else []
        yield f"| `{word}` | {' | '.join(marks)} |"


def _other() -> Iterator[str]:
    draws, yes = MEASURED["draws"], "; ".join
    for strategy, told in draws.items():
        pairs = [f"penalty {penalty}: {count}" for penalty, count in zip(told["penalties"], told["rung"], strict=True)]
        yield f"- `{strategy}`, how often each of {len(pairs)} members was rung first: {yes(pairs)}."
    yield f"- Where nobody is there and the queue is full, the caller is told {MEASURED['full_and_nobody_there']}."
    yield f"- Announcements, what each caller heard and when: {yes(MEASURED['announcements'])}."
    heard = yes(MEASURED["member_hears"])
    yield f"- What a member hears before it is connected, with log, records and figures: {heard}."
    yield f"- Records behind `Answer()` before `Dial()`, and without it: {yes(MEASURED['answers'])}."
