"""How an event becomes a request: address, method, version, query, body, and who the receiver is."""

from __future__ import annotations

import pytest

from pbxsim.pbx.notice import Notice, Receiver, Retry
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.ping import post_ping
from tests.vendors.simotel.event_client import ADDRESS, Town, Web

JSON = b'{"event_name":"NewState","exten":"991","state":"Unavailable"}'
FORM = b"event_name=NewState&exten=991&state=Unavailable"


def unplugged(**events: object) -> Notice:
    """Have user 991's telephone drop off, and give the one notice of it."""
    office = Town()
    web = Web(office.pbx, **events)
    office.handset.unregister(office.phones["991"].line)
    (notice,) = web.notices
    return notice


@pytest.mark.cites("S101", "S102")
@pytest.mark.parametrize(
    ("version", "url"),
    [
        ("G2", "http://192.168.51.193/call/?event_name=NewState&exten=991&state=Unavailable"),
        ("G3", "http://192.168.51.193/call/?event_name=NewState&exten=991&state=Unavailable"),
        ("G4", "http://192.168.51.193/call/?event_name=NewState&exten=991&state=Unavailable"),
        ("Rest2", "http://192.168.51.193/call/NewState?event_name=NewState&exten=991&state=Unavailable"),
        ("Rest3", "http://192.168.51.193/call/NewState?event_name=NewState&exten=991&state=Unavailable"),
        ("Rest4", "http://192.168.51.193/call/NewState?event_name=NewState&exten=991&state=Unavailable"),
    ],
)
def test_by_get_the_fields_are_the_query(version: str, url: str) -> None:
    notice = unplugged(version=version, method="GET")
    assert notice == Notice(receiver="simotel", event="NewState", method="GET", url=url)


@pytest.mark.cites("S101", "S102", "R104")
@pytest.mark.parametrize(
    ("version", "url", "content_type", "body"),
    [
        ("G2", ADDRESS, "application/x-www-form-urlencoded", FORM),
        ("G3", ADDRESS, "application/x-www-form-urlencoded", FORM),
        ("G4", ADDRESS, "application/json", JSON),
        ("Rest2", f"{ADDRESS}NewState", "application/x-www-form-urlencoded", FORM),
        ("Rest3", f"{ADDRESS}NewState", "application/x-www-form-urlencoded", FORM),
        ("Rest4", f"{ADDRESS}NewState", "application/json", JSON),
    ],
)
def test_by_post_version_4_sends_json_and_the_older_ones_a_form(
    version: str, url: str, content_type: str, body: bytes
) -> None:
    notice = unplugged(version=version, method="POST")
    assert notice == Notice(
        receiver="simotel", event="NewState", method="POST", url=url, content_type=content_type, body=body
    )


def test_without_a_word_it_is_version_g4_by_post() -> None:
    assert unplugged() == unplugged(version="G4", method="POST")


@pytest.mark.cites("R104")
@pytest.mark.parametrize(
    ("address", "version", "method", "url"),
    [
        ("http://h", "G4", "POST", "http://h"),
        ("http://h", "Rest4", "POST", "http://h/NewState"),
        ("http://h/a?key=s%20t&x=", "G4", "POST", "http://h/a?key=s%20t&x="),
        ("http://h/a?key=s%20t&x=", "Rest4", "POST", "http://h/a/NewState?key=s%20t&x="),
        ("http://h/a?key=k+1", "G4", "GET", f"http://h/a?key=k+1&{FORM.decode()}"),
        ("http://h/a/?key=k&", "Rest4", "GET", f"http://h/a/NewState?key=k&{FORM.decode()}"),
        ("http://h/a?", "G4", "GET", f"http://h/a?{FORM.decode()}"),
    ],
)
def test_an_address_keeps_its_query_and_what_is_appended_comes_behind(
    address: str, version: str, method: str, url: str
) -> None:
    assert unplugged(address=address, version=version, method=method).url == url


@pytest.mark.cites("R104")
def test_any_text_is_utf8_in_json_and_percent_encoded_byte_by_byte_in_a_query() -> None:
    caller = "سارا & Söhne +1/2?"
    office, by_post = Town(), {"chosen": ["IncomingCall"]}
    web = Web(office.pbx, **by_post)
    office.incoming(caller, "991", trunk="to_simo_51_20")
    body = '{"event_name":"IncomingCall","number":"سارا & Söhne +1/2?","unique_id":"1610778618.1",'
    assert web.bodies() == [f'{body}"cuid":"1610778618.1","entry_point":"to_simo_51_20"}}'.encode()]
    office = Town()
    web = Web(office.pbx, **by_post, method="GET")
    office.incoming(caller, "991", trunk="to_simo_51_20")
    number = "%D8%B3%D8%A7%D8%B1%D8%A7%20%26%20S%C3%B6hne%20%2B1%2F2%3F"
    ids = "unique_id=1610778618.1&cuid=1610778618.1"
    query = f"event_name=IncomingCall&number={number}&{ids}&entry_point=to_simo_51_20"
    assert [notice.url for notice in web.notices] == [f"{ADDRESS}?{query}"]


@pytest.mark.cites("S103", "S116", "R116")
def test_the_receiver_has_the_address_the_credentials_and_the_patience_and_no_notice_has_a_credential() -> None:
    office = Town()
    retry = {"first": 2, "factor": 3, "longest": 50, "give_up": 0}
    web = Web(
        office.pbx, address="https://h/a?token=T0K3N", username="crm", password="s3cret", retry=retry, timeout=1.5
    )
    (receiver,) = vendor.receivers(web.interface)
    assert receiver == Receiver(
        name="simotel",
        vendor="simotel",
        address="https://h/a?token=T0K3N",
        timeout=1.5,
        username="crm",
        password="s3cret",
        retry=Retry(first=2, factor=3, longest=50, give_up=0),
    )
    office.handset.unregister(office.phones["991"].line)
    assert "s3cret" not in str(web.notices)
    assert "crm" not in str(web.notices)
    assert [notice.url for notice in web.notices] == ["https://h/a?token=T0K3N"]


@pytest.mark.cites("S116", "R116")
def test_by_default_a_try_may_take_five_seconds_and_is_made_again_for_a_day() -> None:
    (receiver,) = vendor.receivers(Web(Town().pbx).interface)
    assert (receiver.timeout, receiver.retry) == (5, Retry(first=1, factor=2, longest=600, give_up=86_400))


@pytest.mark.cites("S100")
def test_without_events_or_with_events_off_nobody_is_told() -> None:
    office = Town()
    web = Web(office.pbx, enabled=False)
    assert list(vendor.receivers(web.interface)) == []
    office.handset.unregister(office.phones["991"].line)
    assert not post_ping(web.settings, office.pbx)
    silent = vendor.open(type(web.settings)(), office.pbx)
    vendor.announce(silent)
    assert list(vendor.receivers(silent)) == []
    assert not post_ping(type(web.settings)(), office.pbx)
    assert web.notices == []


@pytest.mark.cites("S114", "R115")
def test_a_ping_is_sent_where_it_is_chosen() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Ping", "Survey"])
    assert post_ping(web.settings, office.pbx)
    assert web.bodies() == [b'{"event_name":"Ping"}']
    assert web.names() == ["Ping"]
    deaf = Web(office.pbx, chosen=["Cdr"])
    assert not post_ping(deaf.settings, office.pbx)
    assert deaf.notices == []


@pytest.mark.cites("S100", "R103")
@pytest.mark.parametrize(
    "event", ["NewState", "IncomingCall", "OutgoingCall", "Transfer", "Cdr", "CdrQueue", "Survey", "IncomingFax"]
)
def test_of_a_day_with_everything_only_the_chosen_event_is_sent(event: str) -> None:
    web = busy(chosen=[event])
    has_come = {"NewState", "IncomingCall", "OutgoingCall", "Transfer", "Cdr", "CdrQueue"}
    assert set(web.names()) == {event} & has_come


@pytest.mark.cites("R103")
def test_without_a_choice_all_is_sent_that_pbxsim_knows() -> None:
    assert set(busy().names()) == {"NewState", "IncomingCall", "OutgoingCall", "Transfer", "Cdr", "CdrQueue"}


def busy(**events: object) -> Web:
    """Have a caller come in to the queue, whose agent transfers the call out."""
    office = Town(agents=("992",))
    office.will("992", ring=2)
    web = Web(office.pbx, **events)
    office.calls_in("09331112233", "902")
    office.advance(5)
    office.handset.transfer(office.phones["992"].line, "9901010")
    office.finish()
    assert office.pbx.events.failures == []
    return web
