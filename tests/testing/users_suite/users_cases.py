"""What a shop's CRM does with its PBX: popups, click to call, a queue, records, credit. Written by a user of pbxsim."""

import csv
import io
import sqlite3
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pbxsim.testing import PbxServer

pytestmark = pytest.mark.pbx(file="shop.yaml")


def test_a_call_is_answered(pbx, crm):
    assert crm("800123456", customCDR1="order-1") == b'{"success":"true"}'
    pbx.advance(60)
    record = pbx.cdr(custom1="order-1")
    assert (record.disposition, record.billsec) == ("ANSWERED", 33)


def test_the_customer_is_busy(pbx, crm):
    crm("990200000", customCDR1="order-2")
    pbx.run_until_idle()
    assert pbx.cdr(custom1="order-2").disposition == "BUSY"


def test_the_salesman_does_not_pick_up(pbx, crm):
    pbx.phones["sip100"].never_answers()
    crm("800123456", customCDR1="order-3")
    pbx.run_until_idle()
    assert pbx.cdr(custom1="order-3").disposition == "NO ANSWER"
    assert pbx.calls[0].legs[0].answered is None


def test_a_colleague_answers_late(pbx, crm):
    pbx.phone("101").answers(after=9, talks=5)
    crm("101", customCDR1="intern")
    pbx.advance(13)
    pbx.wait_for("calls", state="up")
    pbx.run_until_idle()
    assert pbx.cdr(custom1="intern").billsec == 14


def test_the_network_is_congested(pbx, crm):
    pbx.phones["sip100"].fails(cause=34)
    crm("800123456", customCDR1="order-4")
    pbx.run_until_idle()
    assert (pbx.cdr(custom1="order-4").disposition, pbx.calls[0].cause) == ("FAILED", 34)


def test_a_popup_appears_while_it_rings(pbx, pbx_receiver):
    pbx.incoming("777123456", "222333444")
    pbx.advance(1)
    ringing = [event.json for event in pbx_receiver.received]
    assert any("777123456" in str(event) for event in ringing)
    assert pbx.phones["sip100"].state.device_state == "RINGING"


def test_the_end_of_a_call_is_told_once(pbx, pbx_receiver):
    call = pbx.incoming("777123456", "222333444")
    pbx.phones["sip100"].answer()
    pbx.hang_up(call)
    pbx.run_until_idle()
    assert [event.json["event_name"] for event in pbx_receiver.received].count("Cdr") == 1


def test_a_webhook_that_comes_late_and_twice_is_one_event(pbx, pbx_receiver):
    pbx_receiver.fail_next(2)
    pbx.incoming("777123456", "222333444")
    pbx.advance(300)
    numbers = [event.delivery for event in pbx_receiver.received]
    assert len(numbers) > len(set(numbers))
    assert {webhook.state for webhook in pbx.webhooks} == {"delivered"}


def test_a_caller_waits_for_the_agent_in_the_queue(pbx):
    pbx.phone("101").answers(after=5, talks=20)
    pbx.incoming("777123456", queue="sales")
    pbx.advance(2)
    assert pbx.phone("101").state.device_state == "RINGING"
    pbx.run_until_idle()
    assert pbx.cdr(src="777123456").billsec == 25


def test_a_call_is_recorded(pbx, crm):
    crm("800123456", customCDR1="order-5")
    pbx.run_until_idle()
    assert pbx.recording(pbx.cdr(custom1="order-5")).startswith(b"RIFF")


def test_credit_runs_out(pbx):
    query = urlencode({"klic": pbx.vendors["vum"]["keys"][0]["key"], "cislo": "990100000"})
    for _ in range(2):
        urlopen(f"{pbx.url}/ustredna/webapi.php?{query}").close()
        pbx.run_until_idle(limit=86_400)
    (account,) = pbx.ask("GET", "/accounts")
    assert float(account["credit"]) < 1
    assert pbx.cdrs


def test_a_new_day_begins_in_the_middle_of_a_call(pbx, crm):
    pbx.advance_to("2026-01-01T23:59:50")
    crm("990103020", customCDR1="night")
    pbx.run_until_idle()
    record = pbx.cdr(custom1="night")
    assert (record.start[:10], record.end[:10]) == ("2026-01-01", "2026-01-02")


def test_the_csv_has_what_the_records_say(pbx, crm):
    crm("800123456", customCDR1="order-6")
    pbx.run_until_idle()
    rows = csv.DictReader(io.StringIO(pbx.cdrs_csv()))
    assert [row["custom1"] for row in rows] == ["order-6"]


def test_the_database_can_be_read_with_plain_sql(tmp_path, pbx_receiver):
    with PbxServer("shop.yaml", receiver=pbx_receiver, db=str(tmp_path / "calls.sqlite3")) as pbx:
        pbx.incoming("777123456", "222333444")
        pbx.run_until_idle()
        database = sqlite3.connect(tmp_path / "calls.sqlite3")
        assert database.execute("SELECT src, disposition FROM cdr").fetchall() == [("777123456", "ANSWERED")]
        database.close()


def test_what_the_client_sent_is_what_the_vendor_documents(pbx, crm):
    crm("800123456", customCDR1="order-7")
    pbx.verify(vendor="voipsun", params={"action": "originate", "dstNum": "800123456"}, exactly=1)
    assert not [hint for request in pbx.requests for hint in request.hints]
