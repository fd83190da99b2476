"""A client of Duocom's interface and the PBX behind it, for the tests of this vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from multidict import CIMultiDict

from pbxsim.clock.instant import HOUR
from pbxsim.kit.request import Request
from pbxsim.pbx.account import UNIT, Rate, Tariff
from pbxsim.pbx.account import Account as Payer
from pbxsim.testing.office import START, Office, extension, line
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.settings import Account, Settings

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.account import Money
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.ledger import LedgerEntry

PATH = "/cgi-bin/oficinaweb/oficinaweb_webcallservice"
CONSUMPTION = "/cgi-bin/oficinaweb/api_consumos"
CONTROL = "/cgi-bin/telefacil2/api_control_llamadas"
MASK = "911222333"
CUSTOMER = Account(
    principal="666111666",
    password="MiClaveSecreta",
    account="customer",
    masks=(MASK, "911222444"),
    activated=True,
    activated_apis=("api_consumos", "apimascaras"),
)
SETTINGS = Settings(accounts=(CUSTOMER,), context="main", dialplan="main")
FIELDS = {
    "principal": "666111666",
    "llamante": "911000222",
    "llamado": "930000000",
    "pass": "MiClaveSecreta",
}
TARIFF = Tariff("Acceso local", (Rate(per_minute=60_000, connection=10_000), Rate(prefix="900")))


def office(credit: Money = 20 * UNIT, *, longest_talk: Duration = 4 * HOUR) -> Office:
    """Make a PBX with Duocom's platform behind a trunk: an extension 1234 with the diversion, 1235 without it."""
    diverted = extension("1234", line("12345678"), line("87654321"), public=("911000111",))
    diverted.special_diversion = True
    payers = [Payer(name=name, credit=credit, tariff=TARIFF, changed_at=START) for name in ("customer", "other")]
    return Office(diverted, extension("1235"), accounts=payers, longest_talk=longest_talk)


class Client:
    """Sends requests as the vendor's page does, but for what a test says otherwise."""

    def __init__(self, settings: Settings = SETTINGS, behind: Office | None = None) -> None:
        self.office = behind or office()
        self.interface = vendor.open(settings, self.office.pbx)

    def send(
        self,
        query: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        remote: str = "127.0.0.1",
        fault: str = "",
        path: str = PATH,
        **headers: str,
    ) -> Reply:
        """Send a query as it stands; in the names of headers `_` is `-`."""
        sent = CIMultiDict((name.replace("_", "-"), value) for name, value in headers.items())
        request = Request(method, path, query, headers=sent, body=body, remote=remote, fault=fault)
        return self.interface.answer(request)

    def reply(self, **fields: str | None) -> Reply:
        """Send the usual parameters, some of them changed or added; None leaves one out. `password` is `pass`."""
        if "password" in fields:
            fields["pass"] = fields.pop("password")
        merged = FIELDS | fields
        return self.send(urlencode({name: value for name, value in merged.items() if value is not None}))

    def program(self, path: str, **fields: str | None) -> Reply:
        """Send user number, password and those parameters to another program."""
        merged = {"principal": FIELDS["principal"], "pass": FIELDS["pass"]} | fields
        return self.send(urlencode({name: value for name, value in merged.items() if value is not None}), path=path)

    def report(self, **fields: str | None) -> list[str]:
        """Ask for the consumption, and give its rows."""
        body = self.program(CONSUMPTION, **fields).body.decode()
        head, *rows, end = body.split("\n")
        assert (head, end) == ("1", ""), body
        return rows

    def ask(self, **fields: str | None) -> bytes:
        """Send the usual parameters, some of them changed, and give the body that comes back."""
        return self.reply(**fields).body

    def call(self, **fields: str | None) -> Call:
        """Have a call accepted, and give it."""
        reply = self.reply(**fields)
        assert reply.body.startswith(b"1\n"), reply
        assert reply.call is not None
        call = self.office.pbx.calls.find(reply.call)
        assert call is not None
        return call

    def record(self, **fields: str | None) -> Cdr:
        """Have a call accepted, let it come to its end, and give its record."""
        call = self.call(**fields)
        self.office.finish()
        return self.office.cdr(call)

    @property
    def payer(self) -> Payer:
        """Give the account that pays."""
        return self.office.pbx.accounts["customer"]

    def charges(self, account: str = "customer") -> list[LedgerEntry]:
        """Give the charged legs of an account, the one that pays unless another is named."""
        return self.office.pbx.ledger.charges(account)


def refused(text: str) -> bytes:
    """Spell a refusal as the vendor's sample does."""
    return b"0\n<br>\n" + text.encode("ascii") + b"\n"


def with_settings(**changes: object) -> Settings:
    """Give the usual settings, some of them changed."""
    return msgspec.structs.replace(SETTINGS, **changes)


def with_account(**changes: object) -> Settings:
    """Give the usual settings with the account changed."""
    return with_settings(accounts=(msgspec.structs.replace(CUSTOMER, **changes),))
