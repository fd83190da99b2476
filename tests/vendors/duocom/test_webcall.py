"""Whom Duocom calls first and whom then, what they see, how long they may talk, what it costs."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, MINUTE
from pbxsim.pbx.call import CallState, RecordingWish
from pbxsim.pbx.cause import Disposition, HangupCause
from tests.vendors.duocom.client import MASK, Client, office, refused, with_account, with_settings

pytestmark = pytest.mark.engines

FIRST, SECOND = "990105000", "990107060"  # answers after 5 s; answers after 7 s, hangs up after 60 s of talk
WRONG_NUMBER = refused("ERROR: Numero incorrecto.")
WRONG_EXTENSION = refused("ERROR: Extension incorrecta.")


@pytest.mark.not_at_asterisk("it looks a tenth of a second before something happens")
@pytest.mark.cites("S13")
def test_llamante_is_rung_first_and_llamado_once_it_has_answered() -> None:
    client = Client()
    call = client.call(llamante=FIRST, llamado=SECOND)
    client.office.advance(4.9)
    assert [leg.number for leg in call.legs] == [FIRST]
    client.office.advance(0.1)
    assert [leg.number for leg in call.legs] == [FIRST, SECOND]
    client.office.advance(7)
    assert call.state is CallState.TALKING


@pytest.mark.not_at_asterisk("it takes 72 s of real time")
@pytest.mark.cites("S13", "R14")
def test_the_record_names_both_parties_as_sent_and_carries_the_reference() -> None:
    record = Client().record(llamante=FIRST, llamado=SECOND)
    assert (record.src, record.dst, record.reference) == (FIRST, SECOND, "53010203")
    assert (record.vendor, record.account) == ("duocom", "customer")
    assert (record.disposition, record.duration, record.billsec) == (Disposition.ANSWERED, 72, 60)
    assert Client().call(llamante="+34911000222").order.src == "+34911000222"


@pytest.mark.not_at_asterisk("it takes 20 s of real time")
@pytest.mark.cites("S13")
def test_where_llamante_does_not_answer_llamado_is_never_dialled() -> None:
    client = Client(with_settings(ring_seconds=20))
    record = client.record(llamante="990300000", llamado=SECOND)
    assert (record.disposition, record.duration) == (Disposition.NO_ANSWER, 20)
    assert len(client.office.pbx.calls.recent[0].legs) == 1


# -- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S4", "S5", "R8")
@pytest.mark.parametrize(
    ("sent", "dialled"),
    [
        ("911000222", "911000222"),
        ("666111666", "666111666"),
        ("800123456", "800123456"),
        ("0034911000222", "911000222"),
        ("+34911000222", "911000222"),
        ("00420777123456", "00420777123456"),
        ("+420777123456", "00420777123456"),
    ],
)
def test_national_mobile_and_international_numbers_are_dialled(sent: str, dialled: str) -> None:
    client = Client()
    assert client.call(llamante=sent).legs[0].number == dialled
    call = client.call(llamante="990100000", llamado=sent)
    client.office.advance(0)
    assert call.legs[1].number == dialled


@pytest.mark.cites("R8")
@pytest.mark.parametrize(
    "number",
    ["112", "1004", "123456789", "91100022", "9110002223", "911 000 222", "911-000-222", '911000222"', "x", "00", "+1"],
)
def test_what_is_none_of_the_three_kinds_of_number_is_refused(number: str) -> None:
    client = Client()
    assert client.ask(llamante=number) == WRONG_NUMBER
    assert client.ask(llamado=number) == WRONG_NUMBER
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R8")
def test_the_journal_is_told_what_spoilt_a_number() -> None:
    client = Client()
    assert "separators" in client.reply(llamado="911 000 222").hints[0]
    assert "%2B" in client.reply(llamado=" 34911000222").hints[0]


@pytest.mark.not_at_asterisk("it takes half a minute of real time")
@pytest.mark.cites("S4", "S11")
def test_a_voip_address_rings_the_one_line_of_that_name_free_of_charge() -> None:
    client = Client()
    client.office.phones["12345678"].answers(talks=30)
    call = client.call(llamante="12345678@mioficinaweb.es", llamado=SECOND)
    assert [leg.peer for leg in call.legs] == ["12345678"]
    client.office.finish()
    assert [charge.number for charge in client.charges()] == [SECOND]
    assert client.office.cdr(call).src == "12345678"


@pytest.mark.cites("R10", "R14")
def test_the_sister_brands_domain_counts_too_and_domains_know_no_case() -> None:
    client = Client()
    assert client.call(llamante="87654321@telefacil.com").legs[0].peer == "87654321"
    assert client.call(llamante="87654321@MiOficinaWeb.es").legs[0].peer == "87654321"
    mine = Client(with_settings(voip_domains=("voip.example",)))
    assert mine.call(llamante="87654321@voip.example").legs[0].peer == "87654321"
    assert mine.ask(llamante="87654321@telefacil.com") == WRONG_NUMBER


@pytest.mark.cites("R10")
@pytest.mark.parametrize(
    "address", ["99999999@mioficinaweb.es", "12345678@example.com", "@mioficinaweb.es", "12345678@", "a@b@c"]
)
def test_an_unknown_voip_user_or_domain_is_a_wrong_number(address: str) -> None:
    assert Client().ask(llamante=address) == WRONG_NUMBER


@pytest.mark.cites("R10", "S5")
@pytest.mark.parametrize("party", ["12345678@mioficinaweb.es", "ext1234", "1234"])
def test_only_a_telephone_number_may_be_llamado(party: str) -> None:
    assert Client().ask(llamado=party) == WRONG_NUMBER


@pytest.mark.cites("S4", "R14")
def test_an_extension_with_the_special_diversion_rings_on_all_its_lines() -> None:
    call = Client().call(llamante="ext1234")
    assert [leg.peer for leg in call.legs] == ["12345678", "87654321"]
    assert call.order.src == "1234"


@pytest.mark.cites("S4", "R10")
@pytest.mark.parametrize("party", ["ext1235", "ext9999", "ext", "extension", "ext12a4", "ext 1234"])
def test_an_extension_unknown_or_without_the_diversion_is_refused(party: str) -> None:
    assert Client().ask(llamante=party) == WRONG_EXTENSION


@pytest.mark.cites("R10")
def test_the_journal_is_told_that_the_diversion_is_off() -> None:
    assert "special diversion" in Client().reply(llamante="ext1235").hints[0]


# -- masks --------------------------------------------------------------------------------------------------------


def shown(client: Client, **fields: str) -> list[str]:
    """Place a call whose parties answer at once, and give what each sees."""
    call = client.call(llamante="990100000", llamado="990100000", **fields)
    client.office.advance(0)
    return [leg.shown_number for leg in call.legs]


@pytest.mark.cites("S6")
def test_both_parties_see_the_mask() -> None:
    assert shown(Client(), mascara=MASK) == [MASK, MASK]
    assert shown(Client(), mascara="911222444") == ["911222444", "911222444"]


@pytest.mark.cites("R9")
@pytest.mark.parametrize("mask", ["911222334", "666111666", " 911222333", "+34911222333", "x"])
def test_a_mask_that_is_not_the_accounts_is_refused(mask: str) -> None:
    client = Client()
    assert client.ask(mascara=mask) == refused("ERROR: Mascara incorrecta.")
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R9")
def test_without_a_mask_both_see_the_configured_one_else_the_user_number() -> None:
    assert shown(Client()) == ["666111666", "666111666"]
    assert shown(Client(), mascara="") == ["666111666", "666111666"]
    assert shown(Client(with_account(mask=MASK))) == [MASK, MASK]
    assert shown(Client(with_account(mask=MASK)), mascara="911222444") == ["911222444", "911222444"]


# -- minutes and recording ----------------------------------------------------------------------------------------


@pytest.mark.not_at_asterisk("it takes minutes of real time")
@pytest.mark.cites("S8", "R11")
@pytest.mark.parametrize(
    ("asked", "minutes"), [("1", 1), ("5", 5), ("005", 5), ("240", 240), ("241", 240), ("9" * 5000, 240)]
)
def test_minutos_cuts_the_conversation_to_the_second(asked: str, minutes: int) -> None:
    client = Client(behind=office(longest_talk=10 * HOUR))
    call = client.call(llamante="990105000", llamado="990107000", minutos=asked)
    client.office.advance(12)
    assert call.state is CallState.TALKING
    client.office.advance(minutes * 60 - 0.000001)
    assert not call.is_over
    client.office.advance(0.000001)
    record = client.office.cdr(call)
    assert (record.end - record.answer, record.billsec) == (minutes * MINUTE, minutes * 60)
    assert record.cause is HangupCause.NORMAL_CLEARING


@pytest.mark.not_at_asterisk("it takes four hours of real time")
@pytest.mark.cites("S8", "R11")
@pytest.mark.parametrize("asked", [None, "", "0", "000"])
def test_without_minutos_or_with_0_only_the_pbx_itself_ends_a_conversation(asked: str | None) -> None:
    client = Client(behind=office(longest_talk=5 * HOUR))
    reply = client.reply(llamante="990105000", llamado="990107000", minutos=asked)
    assert reply.hints == ()
    client.office.finish()
    assert [record.billsec for record in client.office.cdrs()] == [5 * 3600]


@pytest.mark.not_at_asterisk("it takes four hours of real time")
@pytest.mark.cites("R11")
@pytest.mark.parametrize("asked", ["-5", "5.5", "cinco", " 5", "٥"])
def test_a_minutos_that_is_no_number_is_no_limit_and_told_to_the_journal(asked: str) -> None:
    client = Client(behind=office(longest_talk=5 * HOUR))
    reply = client.reply(llamante="990105000", llamado="990107000", minutos=asked)
    assert reply.body == b"1\n53010203\n"
    assert "taken as 0" in reply.hints[0]
    client.office.finish()
    assert [record.billsec for record in client.office.cdrs()] == [5 * 3600]


RECORDED = RecordingWish("duocom/666111666/2023-11-14", "53010203.mp3", regardless=True)


@pytest.mark.cites("S7", "R17")
def test_grabar_1_records_the_call_whatever_the_extensions_switch_says() -> None:
    assert Client().call(grabar="1").order.recording == RECORDED
    assert Client().call().order.recording is None


@pytest.mark.cites("R12", "S7")
def test_an_account_with_the_recording_service_needs_no_grabar() -> None:
    client = Client(with_account(records=True))
    assert client.call().order.recording == RECORDED
    second = client.call(grabar="0").order.recording
    assert second == RecordingWish(RECORDED.folder, "53010204.mp3", regardless=True)


@pytest.mark.cites("R12")
def test_another_grabar_does_nothing_and_is_told_to_the_journal() -> None:
    client = Client()
    for value in ("si", "true", "2", "01"):
        assert client.call(grabar=value).order.recording is None
        assert "grabar" in client.reply(grabar=value).hints[0]
    assert client.reply(grabar="0").hints == ()


# -- money --------------------------------------------------------------------------------------------------------


@pytest.mark.not_at_asterisk("it takes a minute of real time")
@pytest.mark.cites("S11", "S14", "R13")
def test_both_calls_are_charged_each_from_its_own_answer_and_under_one_reference() -> None:
    client = Client()
    before = client.payer.credit
    client.record(llamante=FIRST, llamado=SECOND)
    assert [(charge.number, charge.seconds, charge.cost, charge.reference) for charge in client.charges()] == [
        (FIRST, 67, 10_000 + 67_000, "53010203"),
        (SECOND, 60, 10_000 + 60_000, "53010203"),
    ]
    assert client.payer.credit == before - 147_000


@pytest.mark.not_at_asterisk("it takes half a minute of real time")
@pytest.mark.cites("R13")
def test_the_first_call_is_charged_even_where_the_second_party_never_answers() -> None:
    client = Client()
    client.record(llamante=FIRST, llamado="990300000")
    assert [(charge.number, charge.seconds) for charge in client.charges()] == [(FIRST, 30)]


@pytest.mark.cites("R13")
def test_without_credit_a_paid_party_is_refused_and_free_ones_are_called() -> None:
    client = Client(behind=office(credit=0))
    for parties in (
        {"llamante": "911000222", "llamado": "930000000"},
        {"llamante": "ext1234", "llamado": "930000000"},
        {"llamante": "911000222", "llamado": "900123456"},
    ):
        assert client.ask(**parties) == refused("ERROR: Saldo insuficiente.")
    assert client.office.pbx.calls.calls_started == 0
    assert client.ask(llamante="ext1234", llamado="900123456") == b"1\n53010203\n"
    assert client.ask(llamante="12345678@mioficinaweb.es", llamado="911000111") == b"1\n53010204\n"


@pytest.mark.not_at_asterisk("it takes minutes of real time")
@pytest.mark.cites("R13")
def test_credit_is_consumed_until_a_call_is_refused() -> None:
    client = Client(behind=office(credit=147_000))
    client.record(llamante=FIRST, llamado=SECOND)
    assert client.payer.credit == 0
    assert client.ask(llamante=FIRST, llamado=SECOND) == refused("ERROR: Saldo insuficiente.")
