"""The checks of a long run, on figures made by hand: each is silent where all is well and speaks where it is not."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tests.soak import checks
from tests.soak.checks import Figures, Stored
from tests.soak.receiver import Notices
from tests.soak.server import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

FIGURES: Final = Figures(started=12, closed=12, posted=3, delivered=2, failed=1, waiting=0)
LISTED: Final = [(1, "delivered"), (2, "failed"), (3, "delivered")]
STORED: Final = Stored([(11, 11, "vum"), (12, 12, "voipsun")], LISTED)
ACCEPTED: Final = {"vum": 1, "voipsun": 1}


def of_records(figures: Figures = FIGURES, stored: Stored = STORED, accepted: dict[str, int] = ACCEPTED) -> str:
    return "\n".join(checks.records(figures, stored, accepted, calls_before=10, records_before=10))


def of_webhooks(*taken: int, figures: Figures = FIGURES, listed: list[tuple[int, str]] = LISTED) -> str:
    """Look at three webhooks of which the receiver took these."""
    heard = Notices()
    for number in (1, 2, 3):
        heard.comes(number)
    for number in taken:
        heard.is_taken(number)
    return "\n".join(checks.webhooks(figures, Stored([], listed), heard, before=0))


def samples(*megabytes: float, descriptors: Sequence[int] = (), tasks: Sequence[int] = ()) -> list[Sample]:
    """Make one for each amount of memory, with as many descriptors and tasks as are given, else always 20."""
    made = zip_longest(megabytes, descriptors, tasks, fillvalue=20)
    return [
        Sample(index, int(size * 1e6), 0, opened, at_work, 0.0) for index, (size, opened, at_work) in enumerate(made)
    ]


def test_calls_that_all_have_their_record_are_no_fault() -> None:
    assert of_records() == ""


def test_a_call_without_a_record_is_named() -> None:
    found = of_records(stored=Stored(STORED.records[:1], STORED.notices))
    assert "1 calls have no record in the store: [12]" in found
    assert "2 records were closed, 1 are stored" in found


def test_a_record_of_a_call_that_nobody_placed_is_named() -> None:
    assert "calls that were not placed: [99]" in of_records(stored=Stored([*STORED.records, (13, 99, "vum")], []))


def test_a_call_that_was_accepted_and_never_placed_is_noticed() -> None:
    assert "accepted were {'vum': 2, 'voipsun': 1}" in of_records(accepted={"vum": 2, "voipsun": 1})


def test_a_call_that_was_placed_and_refused_to_the_client_is_noticed() -> None:
    assert "accepted were {'vum': 1}" in of_records(accepted={"vum": 1})


def test_webhooks_that_arrived_or_are_listed_as_failed_are_no_fault() -> None:
    assert of_webhooks(1, 3) == ""


def test_a_webhook_whose_reply_came_too_late_is_no_fault() -> None:
    assert of_webhooks(1, 2, 3) == ""


def test_a_webhook_that_still_waits_is_noticed() -> None:
    assert of_webhooks(1, 3, figures=replace(FIGURES, waiting=1)) == "of 3 webhooks 2 were delivered, 1 failed"


def test_a_webhook_that_counts_as_delivered_and_never_came_is_noticed() -> None:
    assert of_webhooks(1) == "1 webhooks count as delivered that the receiver never took: [3] …"


def test_a_webhook_that_the_store_does_not_list_is_noticed() -> None:
    assert of_webhooks(1, 3, listed=LISTED[:2]) == "3 webhooks were posted, the store lists 2"


def test_a_webhook_that_the_store_lists_as_pending_is_noticed() -> None:
    assert "neither delivered nor failed are the webhooks [2]" in of_webhooks(
        1, 3, listed=[*LISTED[:1], (2, "pending"), LISTED[2]]
    )


def test_memory_that_fills_up_at_the_beginning_and_stays_so_is_flat() -> None:
    assert checks.flat(samples(60, 80, 100, 104, 99, 103, 101, 102)) == []


def test_memory_that_grows_to_the_end_is_noticed() -> None:
    (fault,) = checks.flat(samples(60, 80, 100, 104, 108, 112, 116, 120))
    assert fault.startswith("the memory grew by 11.5% after the warm-up")


def test_descriptors_that_are_not_given_back_are_noticed() -> None:
    growing = range(20, 40)
    told = ["descriptors grew from 28 to 36", "tasks grew from 28 to 36"]
    assert checks.flat(samples(*[100] * 20, descriptors=growing, tasks=growing)) == told


def test_tasks_that_come_and_go_are_flat() -> None:
    assert checks.flat(samples(*[100] * 12, tasks=(20, 18, 12, 25, 14, 22, 12, 21, 19, 14, 20, 22))) == []


def test_a_traceback_in_the_log_is_noticed_and_a_warning_is_not() -> None:
    assert checks.log("WARNING pbxsim: simotel does not get delivery 2\n") == []
    assert checks.log("ERROR pbxsim: voipsun could not answer\nTraceback (most recent call last):\n")
