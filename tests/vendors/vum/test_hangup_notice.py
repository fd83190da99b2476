"""The notice after each call of a number: to whom, about which call, with which values."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.events import CdrClosed, NoticePosted
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.notice import Notice, Receiver, Retry
from pbxsim.pbx.routes import Did, Step
from pbxsim.testing.office import Office, extension, line
from pbxsim.vendors.vum import vendor
from pbxsim.vendors.vum.hangup_notice import status
from pbxsim.vendors.vum.settings import HangupNotice
from tests.vendors.vum.client import GIVEN, OWN, Client, office, with_settings

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Extension

URL = "http://mujserver.cz/hovor?s=s%&d=d%&t=t%&c=c%&p=p%&i=i%&u=u%&r=r%"
ANSWERS = "990105060"  # answers after 5 s, hangs up after 60 s of talk
BUSY = "990205000"
SILENT = "990300000"


def told(*numbers: str, behind: Office | None = None) -> Client:
    """Give a client of a PBX that tells of the calls of these numbers."""
    notices = tuple(HangupNotice(number=number, url=URL) for number in numbers)
    client = Client(with_settings(hangup_notices=notices), behind)
    vendor.announce(client.interface)
    return client


def notices(client: Client) -> list[Notice]:
    """Give what was posted, in order."""
    return [event.notice for event in client.office.heard if isinstance(event, NoticePosted)]


def fields(notice: Notice) -> dict[str, str]:
    """Read the query of a notice as a receiver does."""
    return dict(parse_qsl(urlsplit(notice.url).query, keep_blank_values=True))


# -- what is told -------------------------------------------------------------------------------------------------


@pytest.mark.cites("S11", "S12", "R19", "R22")
def test_after_a_call_of_the_number_its_url_is_called_with_the_calls_values() -> None:
    client = told("100")
    call = client.call(f"klic={GIVEN}&cislo={ANSWERS}")
    client.office.advance(64)
    assert notices(client) == []
    client.office.finish()
    assert notices(client) == [
        Notice(
            receiver="vum:100",
            event="hangup",
            call=call.number,
            method="GET",
            url="http://mujserver.cz/hovor?s=990105060&d=100&t=2023-11-14%2023%3A13%3A20&c=65&p=60&i=ANSWER&u=1700000000.1&r=",
        )
    ]
    assert client.office.cdr(call).unique_id == "1700000000.1"


@pytest.mark.cites("R22")
def test_a_notice_comes_at_once_behind_the_record_of_its_call() -> None:
    client = told("100")
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.office.kinds_heard()[-2:] == [CdrClosed, NoticePosted]


@pytest.mark.cites("R19")
def test_the_time_is_that_of_the_settings_zone() -> None:
    client = Client(
        with_settings(time_zone="UTC", hangup_notices=(HangupNotice(number="100", url="https://a.example/t%"),))
    )
    vendor.announce(client.interface)
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert [notice.url for notice in notices(client)] == ["https://a.example/2023-11-14%2022%3A13%3A20"]


@pytest.mark.cites("S12", "R19")
def test_a_first_party_that_does_not_answer_is_told_of_with_no_conversation() -> None:
    client = told("100")
    client.record(f"klic={GIVEN}&cislo={SILENT}")
    (notice,) = notices(client)
    assert {name: fields(notice)[name] for name in "cpi"} == {"c": "30", "p": "0", "i": "NOANSWER"}


# -- status words -------------------------------------------------------------------------------------------------


def _record(disposition: Disposition, cause: HangupCause) -> Cdr:
    return Cdr(
        id=1,
        call=1,
        vendor="vum",
        start=0,
        answer=0,
        end=0,
        src="",
        dst="",
        disposition=disposition,
        cause=cause,
        direction=Direction.LOCAL,
    )


@pytest.mark.cites("S13", "R21")
@pytest.mark.parametrize(
    ("disposition", "cause", "word"),
    [
        (Disposition.ANSWERED, HangupCause.NORMAL_CLEARING, "ANSWER"),
        (Disposition.ANSWERED, HangupCause.NETWORK_OUT_OF_ORDER, "ANSWER"),
        (Disposition.NO_ANSWER, HangupCause.NO_ANSWER, "NOANSWER"),
        (Disposition.NO_ANSWER, HangupCause.NO_USER_RESPONSE, "NOANSWER"),
        (Disposition.NO_ANSWER, HangupCause.ANSWERED_ELSEWHERE, "NOANSWER"),
        (Disposition.NO_ANSWER, HangupCause.NORMAL_CLEARING, "CANCEL"),
        (Disposition.BUSY, HangupCause.USER_BUSY, "BUSY"),
        (Disposition.BUSY, HangupCause.CALL_REJECTED, "BUSY"),
        (Disposition.FAILED, HangupCause.SUBSCRIBER_ABSENT, "CONGESTION"),
        (Disposition.FAILED, HangupCause.NORMAL_CIRCUIT_CONGESTION, "CONGESTION"),
        (Disposition.FAILED, HangupCause.SWITCH_CONGESTION, "CONGESTION"),
        (Disposition.FAILED, HangupCause.UNALLOCATED, "CHANUNAVAIL"),
        (Disposition.FAILED, HangupCause.DESTINATION_OUT_OF_ORDER, "CHANUNAVAIL"),
    ],
)
def test_what_became_of_the_call_is_told_in_the_companions_words(
    disposition: Disposition, cause: HangupCause, word: str
) -> None:
    assert status(_record(disposition, cause)) == word


def _unregistered(client: Client) -> None:
    for user in ("sip100", "sip101"):
        client.office.handset.unregister(client.office.phones[user].line)


@pytest.mark.cites("S13", "R21")
def test_each_word_is_that_of_a_real_call() -> None:
    client = told("100")
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    client.record(f"klic={GIVEN}&cislo={BUSY}")
    client.record(f"klic={GIVEN}&cislo={SILENT}")
    call = client.call(f"klic={GIVEN}&cislo=990125000")
    client.office.advance(3)
    client.office.pbx.calls.hang_up(call)
    client.record(f"klic={GIVEN}&cislo=12")
    _unregistered(client)
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    words = [fields(notice)["i"] for notice in notices(client)]
    assert words == ["ANSWER", "BUSY", "NOANSWER", "CANCEL", "CHANUNAVAIL", "CONGESTION"]


# -- whose calls --------------------------------------------------------------------------------------------------


@pytest.mark.cites("S11", "R20")
@pytest.mark.parametrize("number", ["100", "299299000", "+420299299000", "00420299299000"])
@pytest.mark.parametrize("dialled", ["100", "299299000", "+420299299000"])
def test_a_number_is_its_extension_however_it_is_written(number: str, dialled: str) -> None:
    client = told(number)
    client.office.dials("sip200", dialled.replace("+", "00"))
    client.office.advance(1)
    client.office.phones["sip200"].hangs_up()
    client.office.finish()
    assert [notice.receiver for notice in notices(client)] == [f"vum:{number}"]


@pytest.mark.cites("R20")
def test_caller_and_called_are_told_of_each_once_in_the_files_order() -> None:
    client = told("299299000", "200", "100")
    client.office.dials("sip200", "100")
    client.office.advance(1)
    client.office.phones["sip200"].hangs_up()
    client.office.finish()
    assert [notice.receiver for notice in notices(client)] == ["vum:299299000", "vum:200", "vum:100"]
    assert len({notice.url for notice in notices(client)}) == 1


@pytest.mark.cites("S11", "R20")
def test_calls_that_others_placed_are_told_of_too_and_those_of_other_numbers_are_not() -> None:
    client = told("100")
    client.office.incoming("605000111", "299299000")
    client.office.advance(1)
    client.office.phones["sip100"].hangs_up()
    client.office.call("200", ANSWERS)
    client.office.incoming("100", "200")  # an outsider who shows just this number
    client.office.finish()
    (notice,) = notices(client)
    assert (fields(notice)["s"], fields(notice)["d"]) == ("605000111", "299299000")


@pytest.mark.cites("R20")
def test_a_telephone_of_the_number_that_was_connected_took_part_whatever_was_dialled() -> None:
    client = told("100")
    client.office.phones["sip200"].line.diversion = Diversion(always="100")
    client.office.incoming("605000111", "200")
    client.office.advance(1)
    client.office.phones["sip100"].hangs_up()
    client.office.finish()
    assert [fields(notice)["d"] for notice in notices(client)] == ["200"]


@pytest.mark.cites("R20")
def test_the_same_internal_number_of_another_plan_is_another_number() -> None:
    def own(plan: str, user: str, public: str) -> Extension:
        return msgspec.structs.replace(extension("100", line(user), dialplan=plan), id=len(user), public=(public,))

    twins = Office(own("main", "ours", "299299000"), own("other", "theirs", "299299111"), dialplans=("main", "other"))
    twins.pbx.accounts.update(office().pbx.accounts)
    client = told("100", behind=twins)
    twins.call("990100005", "100", context="other")
    twins.finish()
    assert notices(client) == []
    twins.call("990100005", "100", context="main")
    twins.finish()
    assert len(notices(client)) == 1


@pytest.mark.cites("R20")
def test_a_number_that_rings_no_extension_of_its_own_is_told_of_when_it_was_called() -> None:
    lobby = Did(number="299555", context="in", step=Step(dial="100"))
    behind = Office(extension("100"), extension("200"), dids=[lobby])
    behind.pbx.accounts.update(office().pbx.accounts)
    client = Client(
        msgspec.structs.replace(with_settings(hangup_notices=(HangupNotice(number="605111222", url=URL),)), keys=()),
        behind,
    )
    vendor.announce(client.interface)
    behind.call("100", "605111222")
    behind.call("100", "605111223")
    behind.finish()
    assert [fields(notice)["d"] for notice in notices(client)] == ["605111222"]


# -- diverted calls -----------------------------------------------------------------------------------------------


@pytest.mark.cites("S12", "R19")
def test_of_a_diverted_call_the_number_that_diverted_it_is_told() -> None:
    client = told("100", "200")
    client.office.phones["sip100"].line.diversion = Diversion(always="200")
    client.office.phones["sip101"].line.diversion = Diversion(always="200")
    client.office.incoming("605000111", "299299000")
    client.office.advance(1)
    client.office.phones["sip200"].hangs_up()
    client.office.incoming("605000111", "200")
    client.office.finish()
    assert [(notice.receiver, fields(notice)["r"]) for notice in notices(client)] == [
        ("vum:100", "299299000"),
        ("vum:200", "299299000"),
        ("vum:200", ""),
    ]


# -- receivers ----------------------------------------------------------------------------------------------------


@pytest.mark.cites("R22")
def test_each_number_is_a_receiver_of_its_own_with_its_own_patience() -> None:
    once = HangupNotice(number="200", url="https://u:p@b.example/?s=s%", timeout=2, retry=Retry(give_up=0))
    client = Client(with_settings(hangup_notices=(HangupNotice(number="100", url=URL), once)))
    assert list(vendor.receivers(client.interface)) == [
        Receiver(name="vum:100", vendor="vum", address=URL, timeout=5, retry=Retry()),
        Receiver(name="vum:200", vendor="vum", address=once.url, timeout=2, retry=Retry(give_up=0)),
    ]


@pytest.mark.cites("R22")
def test_no_notice_repeats_the_credentials_of_its_url() -> None:
    client = Client(with_settings(hangup_notices=(HangupNotice(number="100", url="https://u:p@b.example/?s=s%"),)))
    vendor.announce(client.interface)
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert [notice.url for notice in notices(client)] == [f"https://b.example/?s={ANSWERS}"]


def test_without_notices_nobody_is_told() -> None:
    client = Client()
    vendor.announce(client.interface)
    assert list(vendor.receivers(client.interface)) == []
    client.record(f"klic={OWN}&cislo={ANSWERS}")
    assert notices(client) == []


@pytest.mark.cites("R18")
def test_a_doubtful_template_is_warned_of_when_the_pbx_begins(caplog: pytest.LogCaptureFixture) -> None:
    doubtful = HangupNotice(number="100", url="http://a.example/?token=s3cret&n=s%41")
    client = Client(with_settings(hangup_notices=(doubtful, HangupNotice(number="200", url=URL))))
    with caplog.at_level(logging.WARNING, "pbxsim"):
        vendor.announce(client.interface)
    assert caplog.messages == [
        "office: vum: hang-up notice of 100: 's%41' is taken for the placeholder 's%' and the text '41'"
    ]


@pytest.mark.cites("S11")
def test_listening_in_is_a_call_like_any_other() -> None:
    client = told("100")
    client.office.call("100", kind=CallKind.SPY, spied_line=client.office.phones["sip200"].line)
    client.office.finish()
    assert [fields(notice)["s"] for notice in notices(client)] == ["100"]
