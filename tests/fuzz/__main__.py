"""A million inputs that nobody would send, to a server, to its control API and to its parsers; 1 if something breaks.

    make fuzz
    make fuzz ARGS="--inputs 1000000 --seed 7"
    make fuzz ARGS="--again R0VU…"       # what a run before has printed

Nearly all are requests of the four vendors' grammars, as bytes on sockets to `pbxsim serve` in a process of its own:
hypothesis draws one, fifty-odd variants go with it. A twentieth goes to the parsers in this process (atheris, where it
is installed, else changed seeds), some thousands to the control API (schemathesis, by its contract).

After each few: no status 500 or above but Simotel's 501, no error in the log, at most a second of the server's
processor time, `/livez` answers. At the end `/readyz` answers, no descriptor is left open, and memory is at most 200 MB
above the start, with whatever the server keeps.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.campaign import LONGEST_CPU, MOST_GROWTH_MB, Campaign, Finding, Tally
from tests.fuzz.contract import by_schemathesis, why_no_schemathesis
from tests.fuzz.parser_runs import by_atheris, mutated, why_no_atheris
from tests.fuzz.parsers import PARSERS, SLOWER
from tests.fuzz.sent import Sent, from_words
from tests.fuzz.server import running

if TYPE_CHECKING:
    from tests.fuzz.server import Server

_PARSERS_SHARE = 20
_MOST_EXAMPLES = 100


def main() -> int:
    """Send, and say what came of it; 1 if something is wrong."""
    options = _options()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pbxsim-fuzz-") as folder:
        if options.again:
            return _again(options.again, Path(folder))
        tally, growth = Tally(), 0.0
        _parsers(options.inputs // _PARSERS_SHARE, options.seed, tally, Path(folder))
        with running(Path(folder)) as server:
            growth = _served(server, options, tally, Path(folder))
    _print(tally, growth, time.monotonic() - begun)
    return 1 if tally.findings else 0


def _served(server: Server, options: argparse.Namespace, tally: Tally, folder: Path) -> float:
    """Send to the server; give by how many MB it grew."""
    with closing(Campaign(server, tally)) as campaign:
        return _campaign(campaign, server, options, tally, folder)


def _campaign(campaign: Campaign, server: Server, options: argparse.Namespace, tally: Tally, folder: Path) -> float:
    campaign.send(Sent(path=b"/readyz"))
    before, open_before = server.resident_mb(), server.descriptors()
    _say(f"the server holds {before:.0f} MB")
    until = time.monotonic() + 60 * options.minutes if options.minutes else math.inf
    campaign.run(options.inputs - sum(tally.inputs.values()), options.seed, _say, until=until)
    if why := why_no_schemathesis():
        _say(f"SKIPPED the control API's contract: {why}")
    else:
        examples = min(_MOST_EXAMPLES, max(1, options.inputs // 5_000))
        by_schemathesis(server.port, examples, options.seed, tally, folder)
    tally.findings.extend(left(server, campaign, before, open_before))
    return server.resident_mb() - before


def left(server: Server, campaign: Campaign, before: float, open_before: int) -> list[Finding]:
    """Say what is not as it was before: readiness, memory in MB, descriptors."""
    found = []
    wrong = campaign.send(Sent(path=b"/readyz"))
    if wrong:
        found.append(Finding(f"/readyz at the end: {wrong}", "the whole run"))
    growth = server.resident_mb() - before
    if growth > MOST_GROWTH_MB:
        found.append(Finding(f"memory is {growth:.0f} MB above the start", "the whole run"))
    if server.descriptors() > open_before + 4:  # the store's files, and our own connection
        found.append(Finding(f"{server.descriptors()} descriptors are open, {open_before} were", "the whole run"))
    return found


def _parsers(inputs: int, seed: int, tally: Tally, folder: Path) -> None:
    why = why_no_atheris()
    if why:
        _say(f"SKIPPED atheris: {why}; the parsers get changed seeds instead")
    for name in PARSERS:
        each = max(1, inputs // len(PARSERS) // SLOWER.get(name, 1))
        if why:
            mutated(name, each, seed, tally)
        else:
            by_atheris(name, each, seed, tally, folder)


def _again(words: str, folder: Path) -> int:
    with running(folder) as server, closing(Campaign(server, Tally())) as campaign:
        wrong = campaign.send(from_words(words))
    print(f"fuzz: {wrong or 'nothing is wrong with what happens'}")
    return 1 if wrong else 0


def _print(tally: Tally, growth: float, seconds: float) -> None:
    for finding in tally.findings:
        print(f"\nfuzz: WRONG: {finding.what}\nagain: {finding.again}\n{finding.log}")
    print(f"\nfuzz: {sum(tally.inputs.values())} inputs in {seconds:.0f} s")
    for name, count in sorted(tally.inputs.items()):
        print(f"  {count:9}  {name}")
    print(
        "  answered:", ", ".join(f"{status or 'nothing'} {count}" for status, count in sorted(tally.statuses.items()))
    )
    print(
        f"  slowest reply {tally.seconds:.2f} s; a few took {tally.cpu:.2f} s of processor time, of {LONGEST_CPU:.0f} s"
    )
    print(
        f"  memory {growth:.0f} MB above the start, of {MOST_GROWTH_MB:.0f} MB; {len(tally.findings)} found", flush=True
    )


def _say(line: str) -> None:
    print(f"fuzz: {line}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--minutes", type=float, default=0, help="stop sending after so long (never)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (0)")
    parser.add_argument("--again", metavar="BASE64", help="send this one input again, and nothing else")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
