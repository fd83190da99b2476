"""A client of VUM's interface and the PBX behind it, for the tests of this vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from multidict import CIMultiDict

from pbxsim.kit.request import Request
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.testing.office import START, Office, extension, line
from pbxsim.vendors.vum import vendor
from pbxsim.vendors.vum.settings import Key, KeyKind, Settings

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.account import Money
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.pbx.saved import Saved

PATH = "/ustredna/webapi.php"
GIVEN, OWN, CALLBACK, INFO = "VUMGIVEN0001", "VUMOWN000001", "VUMCALLBACK1", "VUMINFO00001"
PAGE = "http://www.example.com"
NOW = "2023-11-14 23:13:20"  # START in Prague

KEYS = (
    Key(key=GIVEN, kind=KeyKind.GIVEN_FIRST, account="customer", own="100", origins=(PAGE,)),
    Key(key=OWN, kind=KeyKind.OWN_FIRST, account="customer", own="299299000", origins=(PAGE,)),
    Key(key=CALLBACK, kind=KeyKind.CALLBACK, account="customer"),
    Key(key=INFO, kind=KeyKind.INFO, account="customer"),
)
SETTINGS = Settings(keys=KEYS, context="main")
TARIFF = Tariff("ordinary", (Rate(per_minute=600_000), Rate(prefix="800")))


def office(credit: Money = 100 * UNIT, *, saved: Saved = NOTHING_SAVED) -> Office:
    """Make a PBX with the extension 100 of a customer, who pays 0.60 a minute but nothing for 800…"""
    accounts = [
        Account(name=name, credit=credit, tariff=TARIFF, changed_at=START, currency="CZK")
        for name in ("customer", "neighbour")
    ]
    own = extension("100", line("sip100"), line("sip101"), public=("299299000",))
    return Office(own, extension("200"), accounts=accounts, saved=saved)


class Client:
    """Sends requests as the vendor's page does, but for what a test says otherwise."""

    def __init__(self, settings: Settings = SETTINGS, behind: Office | None = None) -> None:
        self.office = behind or office()
        self.interface = vendor.open(settings, self.office.pbx)

    def send(self, query: str, method: str = "GET", *, body: bytes = b"", fault: str = "", **headers: str) -> Reply:
        """Send a query as it stands; in the names of headers `_` is `-`."""
        sent = CIMultiDict((name.replace("_", "-"), value) for name, value in headers.items())
        return self.interface.answer(Request(method, PATH, query, headers=sent, body=body, fault=fault))

    def ask(self, query: str) -> str:
        """Send a query, and give the text that comes back."""
        return self.send(query).body.decode()

    def call(self, query: str) -> Call:
        """Have a call accepted, and give it."""
        reply = self.send(query)
        assert reply.body == "Hovor byl zadán.".encode()
        assert reply.call is not None
        call = self.office.pbx.calls.find(reply.call)
        assert call is not None
        return call

    def record(self, query: str) -> Cdr:
        """Have a call accepted, let it come to its end, and give its record."""
        call = self.call(query)
        self.office.finish()
        return self.office.cdr(call)

    @property
    def account(self) -> Account:
        """Give the customer's account."""
        return self.office.pbx.accounts["customer"]

    def charges(self) -> list[LedgerEntry]:
        """Give the customer's charged legs."""
        return self.office.pbx.ledger.charges("customer")


def with_settings(**changes: object) -> Settings:
    """Give the usual settings, some of them changed."""
    return msgspec.structs.replace(SETTINGS, **changes)
