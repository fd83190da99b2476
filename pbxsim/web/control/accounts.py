"""Accounts: their credit, every change of it, and paying in.

Amounts are decimal numbers as text, exact to the millionth: no float is on the way.
"""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.pbx.account import UNIT, amount_of, spell_amount
from pbxsim.pbx.ledger import EntryKind
from pbxsim.web.control.paging import NamedPage, OrderedPage, listing, named_listing
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command, OnceStored

if TYPE_CHECKING:
    from pbxsim.pbx.account import Account, Money
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.pbx.pbx import Pbx

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


async def listed(host: HostedPbx, query: NamedPage) -> Response:
    """List all accounts, in the PBX file's order."""
    return await named_listing(host.pbx.accounts.values(), query, shown, name=lambda account: account.name)


async def ledger(host: HostedPbx, name: str, query: OrderedPage) -> Response:
    """List an account's entries, in the order in which they were booked unless asked otherwise."""
    is_newest = query.order == "newest"
    booked = host.pbx.ledger.of(_account(host.pbx, name).name, newest_first=is_newest)
    entries = dropwhile(lambda entry: _is_before(entry, query), booked)
    return await listing(entries, query.limit, _entry, key=lambda entry: entry.id)


def _is_before(entry: LedgerEntry, page: OrderedPage) -> bool:
    """Tell whether an entry stands before that part of the list."""
    return 0 < page.after <= entry.id if page.order == "newest" else entry.id <= page.after


def top_up(host: HostedPbx, name: str, body: TopUp) -> Command:
    """Pay in, and give the entry of it once it is stored. 503: it is booked, but the store cannot write at present."""
    account, amount = _account(host.pbx, name), amount_of(body.amount)
    if amount == 0:
        raise Problem(422, "an amount of 0 changes nothing")
    if abs(account.credit + amount) > _MOST:
        raise Problem(422, f"no account holds more than {spell_amount(_MOST)}")
    data = {"account": account.name, "amount": spell_amount(amount)}
    return Command("top up", data, lambda: _booked(host.pbx, account, amount))


def _booked(pbx: Pbx, account: Account, amount: Money) -> OnceStored:
    entry = pbx.ledger.top_up(account, amount, at=pbx.clock.now)
    return OnceStored(document(_entry(entry), 201), otherwise=f"entry {entry.id} is booked, but not stored")


def _account(pbx: Pbx, name: str) -> Account:
    account = pbx.accounts.get(name)
    if account is None:
        raise Problem(404, f"there is no account {name!r}")
    return account


def shown(account: Account) -> AccountShown:
    """Show an account as it stands."""
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
