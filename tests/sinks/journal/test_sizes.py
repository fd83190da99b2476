"""What is counted of an order's and of a record's texts: every one, once they are many together."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.pbx.call import CallerId
from pbxsim.sinks.journal.sizes import SHORT, size_of_cdr, size_of_order
from pbxsim.testing.office import Office, extension

LONG = "x" * 300


@pytest.fixture
def office() -> Office:
    office = Office(extension("100"), extension("102"))
    office.call("100", "102")
    office.finish()
    return office


@pytest.mark.parametrize(
    "texts",
    [
        *({name: LONG} for name in ("src", "dst", "clid_number", "clid_name", "reference")),
        *({name: LONG} for name in ("recording_folder", "recording_file")),
        *({"custom": ("",) * before + (LONG,) + ("",) * (3 - before)} for before in range(4)),
    ],
    ids=str,
)
def test_each_text_of_a_record_counts(office: Office, texts: dict[str, object]) -> None:
    (record,) = office.cdrs()
    assert size_of_cdr(record) == 0
    size = size_of_cdr(msgspec.structs.replace(record, **texts))
    assert 4 * len(LONG) <= size <= 4 * (len(LONG) + SHORT)


@pytest.mark.parametrize(
    "texts",
    [
        *({name: LONG} for name in ("second", "context", "macro", "failure_context")),
        *({name: shown} for name in ("first_shows", "second_shows") for shown in (CallerId(LONG), CallerId("", LONG))),
    ],
    ids=str,
)
def test_each_text_of_an_order_counts(office: Office, texts: dict[str, object]) -> None:
    order = office.call("100", "102").order
    assert size_of_order(order) == 0
    size = size_of_order(order.saying(**texts))
    assert 4 * len(LONG) <= size <= 4 * (len(LONG) + SHORT)
