"""Copies of a PBX: what is of its own, and that everything else stays."""

from __future__ import annotations

import msgspec

from pbxsim.config.copies import alike, renamed, told_to, with_fresh_credentials
from pbxsim.config.load import load, read
from pbxsim.discovery import find_vendors

NOTIFIED = """\
name: notified
accounts: [{name: duo, credit: 5, currency: EUR}]
extensions: [{internal: "557"}]
vendors:
  simotel:
    accounts: [{mode: both, username: test, password: Aa123456, api_key: abc-DEF-123}]
    cors_origins: ["https://crm.example.com"]
    events: {address: "https://crm.example.com/simotel?token=s3cret", username: me, password: theirs-1, chosen: [Cdr]}
"""


def test_credentials_are_made_alike_of_the_name_and_the_old_ones() -> None:
    made = alike("VUM-given 0001á", "copy")
    assert made == alike("VUM-given 0001á", "copy") != alike("VUM-given 0001á", "other")
    assert made[:3].isupper()
    assert made[4:9].islower()
    assert made[10:14].isdigit()
    assert (made[3], made[9], made[14]) == ("-", " ", "á")
    assert len(alike("x" * 100, "copy")) == 100


def test_every_credential_of_a_file_is_another_and_is_told_with_its_place() -> None:
    loaded = load("documented")
    copy, fresh = with_fresh_credentials(renamed(loaded, "copy"))
    assert [credential.path for credential in fresh] == [
        "vendors.voipsun.users[0].password",
        *(f"vendors.vum.keys[{number}].key" for number in range(4)),
        "vendors.simotel.accounts[0].password",
        "vendors.simotel.accounts[0].api_key",
        "vendors.duocom.accounts[0].pass",
        "vendors.duocom.accounts[0].voip_users[0].password",
    ]
    for vendor in find_vendors().values():
        if vendor.name in copy.file.vendors:
            ours, theirs = (each.file.vendors[vendor.name] for each in (copy, loaded))
            old, new = (set(vendor.credentials(settings)) for settings in (theirs, ours))
            assert not {each.parts for each in old} & {each.parts for each in new}
    assert msgspec.structs.replace(copy.file, name="documented", vendors={}) == msgspec.structs.replace(
        loaded.file, vendors={}
    )
    assert loaded.file.name == "documented"


def test_what_a_receiver_asks_for_is_no_credential_of_ours() -> None:
    loaded = read(NOTIFIED, "notified.yaml", find_vendors())
    copy, fresh = with_fresh_credentials(renamed(loaded, "copy"))
    assert [each.path for each in fresh] == [
        "vendors.simotel.accounts[0].password",
        "vendors.simotel.accounts[0].api_key",
    ]
    assert copy.file.vendors["simotel"].events == loaded.file.vendors["simotel"].events


def test_webhooks_go_to_another_server_and_nothing_else_does() -> None:
    loaded = read(NOTIFIED, "notified.yaml", find_vendors())
    settings = told_to(loaded, "http://127.0.0.1:9000/w3/").file.vendors["simotel"]
    assert settings.events.address == "http://127.0.0.1:9000/w3/simotel?token=s3cret"
    assert settings.cors_origins == ("https://crm.example.com",)
