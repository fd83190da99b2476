"""What came of a sweep, as a table, as CSV, as a picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pbxsim.clock.instant import HOUR, SECOND, parse_iso
from pbxsim.simulate.sweep import TOTAL, Outcome, Row, Swept, Wish
from pbxsim.simulate.sweep_report import csv, levels, svg, table
from pbxsim.simulate.variation import Value, Vary


def day(in_level: int, offered: int = 100) -> Outcome:
    """Make a day on which so many were answered in time."""
    return Outcome(
        offered=offered, answered=80, abandoned=20, in_level=in_level, wait=80 * 5 * SECOND, occupancy=in_level / 200
    )


def swept(*varied: str, rows: dict[tuple[Value, ...], tuple[Outcome, ...]], queue: str = "sales") -> Swept:
    """Make what came of a sweep."""
    days = len(next(iter(rows.values())))
    wish = Wish(file="shop.yaml", varied=tuple(map(Vary.read, varied)), days=days, lasts=8 * HOUR)
    made = tuple(Row(values=values, outcomes=outcomes) for values, outcomes in rows.items())
    return Swept(wish=wish, queue=queue, seed=3, began=parse_iso("2026-03-02T08:00:00Z"), rows=made)


ONE = swept("queues.sales.members=4,5", rows={(4,): (day(50), day(70)), (5,): (day(90), day(100))})


def test_the_table_tells_means_and_how_days_differ() -> None:
    first, empty, head, row, *_ = table(ONE)
    assert (
        first == "shop.yaml: 8:00:00 h of traffic from 2026-03-02T08:00:00Z, 2 days with the seeds 3 to 4; queue sales"
    )
    assert empty == ""
    assert head == (
        "queues.sales.members  offered  service level  worst of 10  best of 10"
        "  speed of answer  abandon rate  occupancy"
    )
    assert row == (
        "                   4    100.0          60.0%        50.0%       70.0%"
        "            5.0 s         20.0%      30.0%  ########################"
    )


def test_the_worst_and_the_best_of_ten_are_days_that_there_were() -> None:
    row = Row(values=(1,), outcomes=tuple(day(level) for level in (90, 10, 20, 30, 40, 50, 60, 70, 80, 100)))
    assert levels(row) == (0.55, 0.1, 0.9)


def test_days_on_which_nobody_called_have_no_share() -> None:
    quiet = Outcome(offered=0, answered=0, abandoned=0, in_level=0, wait=0, occupancy=None)
    line = [*table(swept("traffic.0.per_hour=0", rows={(0,): (quiet, quiet)}, queue=TOTAL))][3]
    assert line.split() == ["0", "0.0", "-", "-", "-", "-", "-", "-"]


def test_every_day_is_a_line_of_the_csv_file() -> None:
    assert b"".join(csv(ONE)).decode().splitlines() == [
        "queues.sales.members,seed,offered,answered,abandoned,in_level,wait_seconds,occupancy",
        "4,3,100,80,20,50,400.000000,0.250000",
        "4,4,100,80,20,70,400.000000,0.350000",
        "5,3,100,80,20,90,400.000000,0.450000",
        "5,4,100,80,20,100,400.000000,0.500000",
    ]


def test_no_value_is_a_formula_to_a_spreadsheet() -> None:
    text = b"".join(csv(swept("name==1", rows={("=1",): (day(50),)})))
    assert b"\r\n'=1,3," in text


def test_the_picture_has_a_line_for_each_combination_of_the_other_places() -> None:
    rows: dict[tuple[Value, ...], tuple[Outcome, ...]] = {
        (members, rate): (day(50),) for members in (4, 5, 6) for rate in ("<20>", "60")
    }
    drawn = swept("queues.sales.members=4..6", "traffic.0.per_hour=<20>,60", rows=rows)
    root = ET.fromstring(b"".join(svg(drawn)))
    name = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{name}polyline")) == 2
    assert len(root.findall(f"{name}circle")) == 6
    texts = [text.text for text in root.findall(f"{name}text")]
    assert {"4", "5", "6", "queues.sales.members", "service level, queue sales"} <= set(texts)
    assert {"traffic.0.per_hour=<20>", "traffic.0.per_hour=60"} <= set(texts)


def test_a_point_stands_at_its_mean() -> None:
    root = ET.fromstring(b"".join(svg(ONE)))
    heights = [float(circle.attrib["cy"]) for circle in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert heights == [180.0, 75.0]  # 60 % and 95 % of the way from 360 to 60
