"""What a PBX file may not say about Duocom, and where each fault is said to be."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.pbx.notice import Retry
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.settings import (
    Account,
    Consumption,
    MaskList,
    NoticeSettings,
    RecordingMail,
    Settings,
    VoipUser,
)
from tests.vendors.duocom.client import CUSTOMER, SETTINGS, office, with_account, with_settings


def faults(settings: Settings) -> list[tuple[str, object]]:
    """Give path and value of each fault."""
    return [(fault.path, fault.value) for fault in vendor.check(settings, office().pbx)]


def test_the_settings_of_these_tests_have_no_fault() -> None:
    assert faults(SETTINGS) == []


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"context": "nowhere"}, "context", "nowhere"),
        ({"dialplan": "nowhere"}, "dialplan", "nowhere"),
        ({"time_zone": "Europe/Barcelona"}, "time_zone", "Europe/Barcelona"),
        ({"first_reference": 9_999_999}, "first_reference", 9_999_999),
        ({"first_reference": 100_000_000}, "first_reference", 100_000_000),
        ({"ring_seconds": -1}, "ring_seconds", -1),
        ({"charset": "iso-8859-1", "texts": {Text.CREDIT: "ERROR: 0 €"}}, "texts.credit", "ERROR: 0 €"),
        ({"charset": "iso-8859-1", "access": "€"}, "access", "€"),
        ({"charset": "iso-8859-1", "consumption": Consumption(head="€")}, "consumption.head", "€"),
        ({"charset": "iso-8859-1", "consumption": Consumption(row="{coste} €")}, "consumption.row", "{coste} €"),
        ({"consumption": Consumption(row="{coste};{hour}")}, "consumption.row", "{coste};{hour}"),
        ({"mask_list": MaskList(document="{masks}")}, "mask_list.document", "{masks}"),
        ({"mask_list": MaskList(mask="{mascara}")}, "mask_list.mask", "{mascara}"),
        ({"charset": "iso-8859-1", "mask_list": MaskList(mask="€")}, "mask_list.mask", "€"),
        ({"mail": RecordingMail(sender="pbx")}, "mail.sender", "pbx"),
        ({"mail": RecordingMail(sender="pbx@example.com\n")}, "mail.sender", "pbx@example.com\n"),
        ({"mail": RecordingMail(subject="{coste}")}, "mail.subject", "{coste}"),
        ({"mail": RecordingMail(text="{coste}")}, "mail.text", "{coste}"),
        ({"mail": RecordingMail(attachment="")}, "mail.attachment", ""),
        ({"mail": RecordingMail(attachment="../a.mp3")}, "mail.attachment", "../a.mp3"),
        ({"mail": RecordingMail(attachment="{name}.mp3")}, "mail.attachment", "{name}.mp3"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(changes: dict[str, object], path: str, value: object) -> None:
    assert faults(with_settings(**changes)) == [(path, value)]


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"principal": ""}, "principal", ""),
        ({"principal": "mail"}, "principal", "mail"),
        ({"principal": "../6661116"}, "principal", "../6661116"),
        ({"phones": ("911000222", "911 000 222")}, "phones[1]", "911 000 222"),
        ({"email": "ana"}, "email", "ana"),
        ({"email": "ana@example.com\r\nBcc: eva@example.com"}, "email", "ana@example.com\r\nBcc: eva@example.com"),
        ({"email": "ana@example.com,eva@example.com"}, "email", "ana@example.com,eva@example.com"),
        ({"voip_users": (VoipUser(user="", password="x", line="12345678"),)}, "voip_users[0].user", ""),
        ({"voip_users": (VoipUser(user="12345678", password=""),)}, "voip_users[0].password", ""),
        ({"voip_users": (VoipUser(user="nobody", password="x"),)}, "voip_users[0].line", "nobody"),
        ({"voip_users": (VoipUser(user="12345678", password="x"),) * 2}, "voip_users[1].user", "12345678"),
        ({"charged_notice": NoticeSettings(url="ftp://crm.example.com/")}, "charged_notice.url", NOT_SHOWN),
        ({"charged_notice": NoticeSettings(url="http://{ref}.example.com/")}, "charged_notice.url", NOT_SHOWN),
        ({"charged_notice": NoticeSettings(url="http://ana:x@crm.example.com/")}, "charged_notice.url", NOT_SHOWN),
        ({"charged_notice": NoticeSettings(url="http://crm.example.com/?{euros}")}, "charged_notice.url", NOT_SHOWN),
        ({"charged_notice": NoticeSettings(url="http://a.b/", timeout=0)}, "charged_notice.timeout", 0),
        ({"charged_notice": NoticeSettings(url="http://a.b/", username="a:b")}, "charged_notice.username", "a:b"),
        ({"charged_notice": NoticeSettings(url="http://a.b/", password="Secreto1")}, "charged_notice.username", ""),
        ({"call_notice": NoticeSettings(url="http://crm.example.com/?{coste}")}, "call_notice.url", NOT_SHOWN),
        ({"call_notice": NoticeSettings(url="http://a.b/", retry=Retry(factor=0))}, "call_notice.retry.factor", 0),
        ({"password": ""}, "pass", ""),
        ({"account": "nobody"}, "account", "nobody"),
        ({"mask": "911000000"}, "mask", "911000000"),
        ({"allowed_addresses": ("10.0.0.1", "10.0.0")}, "allowed_addresses[1]", "10.0.0"),
    ],
)
def test_an_account_that_cannot_work_is_refused(changes: dict[str, object], path: str, value: object) -> None:
    assert faults(with_account(**changes)) == [(f"accounts[0].{path}", value)]


def test_a_customer_with_everything_has_no_fault() -> None:
    account = with_account(
        email="ana@example.com",
        call_notice=NoticeSettings(url="http://[::1]:8080?{ref}"),
        charged_notice=NoticeSettings(url="https://crm.example.com/{ref}?e={coste}&s={segundos}&t={fecha}{hora}"),
        phones=("911000222", "+420777123456"),
        voip_users=(VoipUser(user="Centralita.1234", password="x", line="12345678"),),
    )
    assert faults(account) == []


def test_two_accounts_cannot_have_one_user_number() -> None:
    assert faults(with_settings(accounts=(CUSTOMER, CUSTOMER))) == [("accounts[1].principal", "666111666")]


def test_unknown_names_are_refused_when_the_file_is_read() -> None:
    account = {"principal": "1", "password": "x", "account": "customer"}  # in a file it is `pass`
    for document in (
        {"context": "main", "dialplan": "main", "colour": "red"},
        {"context": "main", "dialplan": "main", "texts": {"cuenta": "x"}},
        {"context": "main", "dialplan": "main", "accounts": [account]},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(document, Settings)


@pytest.mark.cites("R16", "S3")
def test_the_service_is_off_unless_the_file_says_that_it_is_on() -> None:
    account = {"principal": "666111666", "pass": "x", "account": "customer"}
    assert msgspec.convert(account, Account).activated is False
    assert msgspec.convert(account | {"activated": True}, Account).activated is True
