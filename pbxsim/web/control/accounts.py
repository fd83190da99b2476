"""Accounts: their credit, every change of it, and paying in.

Amounts are decimal numbers as text, exact to the millionth: no float is on the way.
"""

from __future__ import annotations

from functools import partial
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.pbx.account import UNIT, amount_of, spell_amount
from pbxsim.pbx.ledger import EntryKind
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.request import NamedPage, Page, behind
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.pbx.account import Account, Money
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.web.control.request import ControlRequest, Nothing

_MOST: Final[Money] = 1_000_000_000_000 * UNIT  # what a PBX file may say too, and a store's 64 bits hold


class TopUp(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How much is paid in; a negative amount takes away."""

    amount: Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$(?!\n)")]  # `$` alone allows one \n


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """An account. `tariff` is null where everything is free."""

    name: str
    credit: str
    currency: str | None
    tariff: str | None
    changed_at: str


class EntryShown(msgspec.Struct, frozen=True, kw_only=True):
    """One change of credit; the last four are those of a charged leg, null for any other entry."""

    id: int
    at: str
    kind: str
    amount: str
    balance: str
    call: int | None
    number: str | None
    seconds: int | None
    reference: str | None


def listed(asked: ControlRequest[NamedPage, Nothing]) -> Response:
    """List all accounts, in the PBX file's order."""
    page = asked.query
    accounts = behind(asked.host.pbx.accounts.values(), lambda account: account.name, page.after)
    shown = [_shown(account) for account in islice(accounts, page.limit)]
    return asked.page(shown, shown[-1].name if shown else "")


def ledger(asked: ControlRequest[Page, Nothing]) -> Response:
    """List an account's entries, in the order in which they were booked."""
    page = asked.query
    entries = dropwhile(lambda entry: entry.id <= page.after, asked.host.pbx.ledger.of(_account(asked).name))
    shown = [_entry(entry) for entry in islice(entries, page.limit)]
    return asked.page(shown, shown[-1].id if shown else 0)


def top_up(asked: ControlRequest[Nothing, TopUp]) -> Command:
    """Pay in, and give the entry of it once it is stored. 503: it is booked, but the store cannot write at present."""
    host, account = asked.host, _account(asked)
    amount = amount_of(asked.body.amount)
    if amount == 0:
        raise Problem(422, "an amount of 0 changes nothing")
    if abs(account.credit + amount) > _MOST:
        raise Problem(422, f"no account holds more than {spell_amount(_MOST)}")
    line: dict[str, object] = {"does": "top up", "account": account.name, "amount": spell_amount(amount)}
    return Command(line, partial(_pay_in, host, account, amount))


def _pay_in(host: HostedPbx, account: Account, amount: Money) -> Awaitable[Response]:
    return _stored(host, host.pbx.ledger.top_up(account, amount, at=host.pbx.clock.now))


async def _stored(host: HostedPbx, entry: LedgerEntry) -> Response:
    try:
        await host.record_store.settled()
    except NotStored as error:
        raise Problem(503, f"entry {entry.id} is booked, but not stored: {error}") from None
    return document(_entry(entry), 201)


def _account(asked: ControlRequest[Any, Any]) -> Account:
    account = asked.host.pbx.accounts.get(asked.parts["name"])
    if account is None:
        raise Problem(404, f"there is no account {asked.parts['name']!r}")
    return account


def _shown(account: Account) -> AccountShown:
    return AccountShown(
        name=account.name,
        credit=spell_amount(account.credit),
        currency=account.currency or None,
        tariff=account.tariff.name or None,
        changed_at=iso(account.changed_at),
    )


def _entry(entry: LedgerEntry) -> EntryShown:
    is_charge = entry.kind is EntryKind.CHARGE
    return EntryShown(
        id=entry.id,
        at=iso(entry.at),
        kind=entry.kind.value,
        amount=spell_amount(entry.amount),
        balance=spell_amount(entry.balance),
        call=entry.call if is_charge else None,
        number=entry.number if is_charge else None,
        seconds=entry.seconds if is_charge else None,
        reference=(entry.reference or None) if is_charge else None,
    )
