"""A page on a busy PBX: five hundred telephones, two hundred calls, fifty events a second, and no task over 50 ms.

Tasks are those of the page's main thread, as the browser's own trace has them, in time of the processor: what else the
machine does meanwhile is not the page's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import json

from pbxsim.testing import PbxServer
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.async_api import Browser

pytestmark = IN_BROWSER

TELEPHONES, CALLED, LIVE, A_SECOND = 500, 250, 200, 50
LONGEST = 50.0  # milliseconds of a task
SECONDS = 5
CATEGORIES = ["disabled-by-default-devtools.timeline", "devtools.timeline", "toplevel"]
VIEWS = ("telephones", "telephones/t1100", "calls", "requests", "webhooks", "wallboard", "cdrs")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PbxServer]:
    """Serve such a PBX, an hour after it began."""
    file: Path = tmp_path_factory.mktemp("busy") / "busy.yaml"
    file.write_bytes(json.encode(document()))  # which is YAML, too
    with PbxServer(file, process=True, start_at="2026-01-05T08:00:00Z") as pbx:
        pbx.advance(600)
        yield pbx


def document() -> dict[str, Any]:
    """Give its PBX file: outsiders call every other telephone; each tenth of these is an agent of a queue."""
    numbers = [str(1000 + number) for number in range(TELEPHONES)]
    called, others = numbers[:CALLED], numbers[CALLED:]
    own = [
        {"id": place, "internal": number, "user": f"t{number}", "owner": f"Person {number}", "calls": 4}
        for place, number in enumerate(numbers, 1)
    ]
    for entry in own[:CALLED]:
        entry["public"] = [f"22210{entry['internal']}"]
    agents = [{"number": f"9{number}", "name": f"Agent {number}", "line": f"t{number}"} for number in others[:40]]
    traffic = [{"to": f"22210{number}", "per_hour": 110, "talk": {"exponential": 30}} for number in called]
    return {
        "name": "busy",
        "dialplans": [{"name": "main", "id": 1}],
        "extensions": own,
        "agents": agents,
        "queues": [{"name": "sales", "members": [{"agent": agent["number"]} for agent in agents]}],
        "dids": [{"number": "222200000", "queue": "sales"}],
        "phones": {"default": {"ring": 3, "talk": "never"}},
        "traffic": [*traffic, {"to": "222200000", "per_hour": 900, "talk": {"exponential": 30}}],
    }


def tasks(trace: bytes, url: str) -> list[float]:
    """Give the milliseconds of processor that each task of the page's main thread took.

    The browser has pages of its own, in other processes: ours is where our modules were read.
    """
    events: list[dict[str, Any]] = json.decode(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "v8.compileModule" and str(event["args"].get("fileName", "")).startswith(url)
    }
    run = [event for event in events if event["name"].endswith("RunTask") and "tdur" in event]
    return [event["tdur"] / 1000 for event in run if (event["pid"], event["tid"]) in main]


@pytest.mark.parametrize("view", VIEWS)
async def test_no_task_is_long_while_a_busy_pbx_is_looked_at(busy: PbxServer, browser: Browser, view: str) -> None:
    async with viewing(browser) as viewer:
        begun = busy.now
        await browser.start_tracing(page=viewer.page, categories=CATEGORIES)
        busy.set_rate(1)
        try:
            page = await viewer.open(busy, view)
            await page.evaluate(f"new Promise((done) => setTimeout(done, {1000 * SECONDS}))")
        finally:
            busy.set_rate(0)
        took = sorted(tasks(await browser.stop_tracing(), busy.url))
        live = sum(call.state != "ended" for call in busy.calls)
        rate = len(busy.ask("GET", "/journal", since=begun, limit=10_000)) / SECONDS
    print(f"{view}: {live} calls, {rate:.0f} events/s, {len(took)} tasks, longest {took[-3:]} ms")
    assert live >= LIVE
    assert rate >= A_SECOND
    assert len(took) > 10 * SECONDS
    assert took[-1] < LONGEST
