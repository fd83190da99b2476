"""The table of a call centre's figures."""

from __future__ import annotations

import re

from pbxsim.clock.instant import HOUR, MINUTE, SECOND
from pbxsim.simulate.summary import spelt_span, table
from pbxsim.sinks.call_centre_figures import CallCentreFigures
from pbxsim.testing.office import START
from tests.pbx.call_centre import CallCentre, queue


def test_each_queue_has_a_row_and_all_have_the_last() -> None:
    centre = CallCentre(queue("anna", service_level=5), queue(name="help"))
    centre.answers("anna", after=3, talks=30)
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    centre.finish()
    lines = list(table(centre.pbx, figures, START + 60 * SECOND))
    assert [re.split(" {2,}", line) for line in lines[:4]] == [
        [
            *("queue", "offered", "answered", "abandoned", "overflowed", "waiting"),
            *("service level", "speed of answer", "abandon rate", "occupancy"),
        ],
        ["sales", "1", "1", "0", "0", "0", "100.0%", "3.0 s", "0.0%", "50.0%"],
        ["help", "0", "0", "0", "0", "0", "-", "-", "-", "-"],
        ["total", "1", "1", "0", "0", "0", "100.0%", "3.0 s", "0.0%", "50.0%"],
    ]
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[5].startswith("service level: answered within")


def test_a_span_is_spelt_in_hours() -> None:
    assert spelt_span(26 * HOUR + 3 * MINUTE + 4 * SECOND + 5) == "26:03:04 h"
