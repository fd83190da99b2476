"""Notices at the customer's URL: when each is posted, in what order, for which legs, and with what in its URL."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.events import CdrClosed, CreditChanged, NoticePosted
from pbxsim.pbx.notice import Notice, Receiver, Retry
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.settings import Account, NoticeSettings
from tests.vendors.duocom.client import CUSTOMER, MASK, Client, with_account, with_settings

FIRST, SECOND = "990105000", "990107060"  # answers after 5 s; answers after 7 s, hangs up after 60 s of talk
PARTIES = {"llamante": FIRST, "llamado": SECOND}
END = NoticeSettings(
    url="https://crm.example.com/fin?tel={llamado}&de={llamante}&por={acceso}&dia={fecha}&hora={hora}"
    "&s={segundos}&eur={coste}&ref={ref}&fijo=a%20b"
)
BEGIN = NoticeSettings(url="http://crm.example.com:8081/inicio/{ref}?{llamante}={llamado}")


def listening(**changes: object) -> Client:
    """Give a client whose PBX tells what happens, to an account with those changes."""
    return announced(Client(with_account(**changes)))


def announced(client: Client) -> Client:
    """Have a client's PBX tell what happens."""
    vendor.announce(client.interface)
    return client


def told(client: Client) -> list[Notice]:
    """Give the notices so far, in order."""
    return [event.notice for event in client.office.heard if isinstance(event, NoticePosted)]


@pytest.mark.cites("S21", "R27")
def test_each_charged_leg_is_told_of_by_one_get_with_its_values_encoded() -> None:
    client = listening(charged_notice=END)
    client.record(**PARTIES)
    head = "https://crm.example.com/fin?tel="
    middle = "&de=990105000&por=Acceso%20local&dia=14-11-2023&hora=23%3A13%3A20&s="
    assert told(client) == [
        Notice(
            receiver="duocom:666111666",
            event="aviso de llamada cobrada",
            call=1,
            method="GET",
            url=head + number + middle + rest + "&ref=53010203&fijo=a%20b",
        )
        for number, rest in [(FIRST, "67&eur=0.0770"), (SECOND, "60&eur=0.0700")]
    ]


@pytest.mark.cites("R27")
def test_it_says_what_the_consumption_says() -> None:
    names = "fecha", "hora", "llamante", "acceso", "llamado", "segundos", "coste", "ref_id"
    url = "http://crm.example.com/?" + "%3B".join(f"{{{name}}}" for name in names)
    client = listening(charged_notice=NoticeSettings(url=url))
    client.record(**PARTIES)
    rows = [
        notice.url.partition("?")[2].replace("%3B", ";").replace("%3A", ":").replace("%20", " ")
        for notice in told(client)
    ]
    assert rows == client.report()


@pytest.mark.cites("S21", "R27")
def test_charges_are_told_of_once_a_leg_whatever_records_the_call_leaves() -> None:
    styles = []
    for rules in (RecordRules(style=RecordStyle.CALL), RecordRules(), RecordRules(after_dial=True)):
        client = listening(charged_notice=END)
        client.office.pbx.calls.records = rules
        client.call(**PARTIES)
        client.office.finish()
        styles.append(([notice.url for notice in told(client)], client.report()))
    assert len(styles[0][0]) == len(styles[0][1]) == 2
    assert styles[0] == styles[1] == styles[2]


@pytest.mark.cites("S21", "R27")
def test_charges_are_told_of_once_the_record_is_closed() -> None:
    client = listening(charged_notice=END)
    client.call(**PARTIES)
    client.office.advance(71)
    assert told(client) == []
    client.office.finish()
    kinds = [kind for kind in client.office.kinds_heard() if kind in (CreditChanged, CdrClosed, NoticePosted)]
    assert kinds == [CreditChanged, CreditChanged, CdrClosed, NoticePosted, NoticePosted]


@pytest.mark.cites("S11", "R27")
def test_free_legs_and_calls_that_cost_nothing_are_not_told_of() -> None:
    client = listening(charged_notice=END)
    client.office.phones["12345678"].answers(talks=30)
    client.record(llamante="12345678@mioficinaweb.es", llamado=SECOND)
    assert ["tel=990107060" in notice.url for notice in told(client)] == [True]
    client.record(llamante="12345678@mioficinaweb.es", llamado="900123456")
    client.record(llamante="990300000")
    assert len(told(client)) == 1


@pytest.mark.cites("R27")
def test_calls_that_end_together_are_told_of_one_after_the_other() -> None:
    client = listening(charged_notice=END)
    for _ in range(3):
        client.call(**PARTIES)
    client.office.finish()
    assert [notice.call for notice in told(client)] == [1, 1, 2, 2, 3, 3]
    references = [notice.url.removesuffix("&fijo=a%20b")[-8:] for notice in told(client)]
    assert references == ["53010203"] * 2 + ["53010204"] * 2 + ["53010205"] * 2


@pytest.mark.cites("S21", "R26")
def test_a_call_is_told_of_when_it_begins() -> None:
    client = listening(call_notice=BEGIN)
    client.call(llamante="+34990105000", llamado="0034990107060")
    url = "http://crm.example.com:8081/inicio/53010203?990105000=990107060"
    notice = Notice(receiver="duocom:666111666:aviso", event="aviso de llamada", call=1, url=url)
    assert told(client) == [notice]
    client.office.finish()
    assert told(client) == [notice]
    client.ask(llamado="1")
    assert told(client) == [notice]  # a refused request is no call


@pytest.mark.cites("R26", "R27")
def test_both_notices_have_receivers_and_orders_of_their_own() -> None:
    patient = NoticeSettings(url=END.url, username="ana", password="Secreto1", timeout=2, retry=Retry(give_up=0))
    client = listening(call_notice=BEGIN, charged_notice=patient)
    assert list(vendor.receivers(client.interface)) == [
        Receiver(
            name="duocom:666111666",
            vendor="duocom",
            address=END.url,
            timeout=2,
            username="ana",
            password="Secreto1",
            retry=Retry(give_up=0),
        ),
        Receiver(name="duocom:666111666:aviso", vendor="duocom", address=BEGIN.url),
    ]
    client.record(**PARTIES)
    assert [notice.receiver for notice in told(client)] == ["duocom:666111666:aviso"] + ["duocom:666111666"] * 2
    assert b"Secreto1" not in msgspec.json.encode(told(client))


@pytest.mark.cites("R27")
def test_without_settings_nobody_is_told_and_nobody_listens() -> None:
    client = listening()
    client.record(**PARTIES)
    assert told(client) == []
    assert list(vendor.receivers(client.interface)) == []


@pytest.mark.cites("R27")
def test_post_sends_what_stands_behind_the_question_mark_as_a_form() -> None:
    client = listening(
        charged_notice=NoticeSettings(url="http://crm.example.com/{ref}?eur={coste}&d={acceso}", method="POST")
    )
    client.record(llamante="990300000", llamado=SECOND)
    client.record(llamante=FIRST, llamado="990300000")
    (notice,) = told(client)
    assert (notice.method, notice.url) == ("POST", "http://crm.example.com/53010204")
    assert notice.content_type == "application/x-www-form-urlencoded"
    assert notice.body == b"eur=0.0400&d=Acceso%20local"


@pytest.mark.cites("R27")
def test_a_value_cannot_change_the_url_it_is_put_into() -> None:
    settings = with_settings(accounts=(msgspec.structs.replace(CUSTOMER, charged_notice=END),), access="a&b=c#ñ /?\r\n")
    client = announced(Client(settings))
    client.record(**PARTIES)
    assert "&por=a%26b%3Dc%23%C3%B1%20%2F%3F%0D%0A&dia=" in told(client)[0].url


@pytest.mark.cites("R27", "R14")
def test_of_two_customers_with_one_account_each_is_told_of_its_own_calls() -> None:
    notices = [NoticeSettings(url=f"http://{name}.example.com/{{llamado}}") for name in ("a", "b")]
    other = Account(
        principal="666222666", password="Otra", account="customer", activated=True, charged_notice=notices[1]
    )
    mine = msgspec.structs.replace(CUSTOMER, charged_notice=notices[0])
    client = announced(Client(with_settings(accounts=(mine, other))))
    client.record(llamante=FIRST, llamado="990300000")
    client.record(principal="666222666", password="Otra", llamante=FIRST, llamado="990300000")
    assert [(notice.receiver, notice.url) for notice in told(client)] == [
        ("duocom:666111666", "http://a.example.com/990105000"),
        ("duocom:666222666", "http://b.example.com/990105000"),
    ]


@pytest.mark.cites("R27")
def test_what_another_vendor_or_nobody_charges_to_the_account_is_not_told_of() -> None:
    client = listening(charged_notice=END, call_notice=BEGIN)
    client.record(**PARTIES)
    office = client.office
    for reference in ("", "53010203", "53010299"):
        office.call("990100000", "990100005", account=client.payer, reference=reference)
    office.finish()
    office.pbx.ledger.top_up(client.payer, 1_000_000, at=office.clock.now)
    assert len(client.charges()) == 8
    assert [notice.call for notice in told(client)] == [1, 1, 1]


@pytest.mark.cites("R27")
def test_a_leg_that_a_transfer_took_into_another_call_is_told_of_when_that_ends() -> None:
    client = listening(
        charged_notice=NoticeSettings(url="http://crm.example.com/?{ref}-{llamante}-{llamado}-{segundos}")
    )
    office = client.office
    office.phones["12345678"].answers()
    client.call(llamante="12345678@mioficinaweb.es", llamado="990100000")
    office.advance(10)
    telephone = office.directory.line("12345678")
    consulted = office.handset.consult(telephone, "1235")
    office.advance(5)
    office.handset.complete(telephone)
    office.advance(5)
    assert told(client) == []
    for call in list(office.pbx.calls.live.values()):
        office.pbx.calls.hang_up(call)
    (notice,) = told(client)
    assert notice.url == "http://crm.example.com/?53010203-12345678-990100000-20"
    assert notice.call in (1, consulted.number)


@pytest.mark.cites("R20")
def test_day_and_hour_are_those_of_the_settings_time_zone() -> None:
    when = NoticeSettings(url="http://crm.example.com/?{fecha}%20{hora}")
    account = msgspec.structs.replace(CUSTOMER, call_notice=when)
    for zone, told_as in [
        ("Europe/Madrid", "14-11-2023%2023%3A13%3A20"),
        ("Atlantic/Canary", "14-11-2023%2022%3A13%3A20"),
    ]:
        client = announced(Client(with_settings(accounts=(account,), time_zone=zone)))
        client.call(mascara=MASK)
        assert told(client)[0].url.endswith(told_as)
