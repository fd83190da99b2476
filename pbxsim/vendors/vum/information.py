"""What an Info key is for: an account's credit, its last outgoing call, its last incoming one (S5 to S8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import seconds
from pbxsim.kit.numbers import misprint_hints
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.vendors.vum import wire
from pbxsim.vendors.vum.errors import Text

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.account import Account
    from pbxsim.vendors.vum.state import State

_STATES: Final[dict[str, frozenset[Disposition] | None]] = {
    "": None,
    "1": frozenset({Disposition.ANSWERED}),
    "2": frozenset(Disposition) - {Disposition.ANSWERED},
    "3": frozenset({Disposition.NO_ANSWER}),
    "4": frozenset({Disposition.BUSY}),
    "5": frozenset({Disposition.FAILED}),
}
"""S8: the calls that each `styp` leaves."""


def info(request: Request, state: State) -> Reply:
    """S5: tell of the account what `typ` asks for, of calls narrowed by `styp`."""
    kind, narrowed = request.params.text("typ"), request.params.text("styp")
    account = state.pbx.accounts[state.key(request.params).account]
    if kind == "1":
        return state.reply(_credit(account, state))
    if kind not in ("2", "3"):
        raise Refusal(Text.TYPE, *misprint_hints("typ", kind))
    if narrowed not in _STATES:
        raise Refusal(Text.SUBTYPE, *misprint_hints("styp", narrowed))
    find = _outgoing if kind == "2" else _incoming
    last = find(account, _STATES[narrowed], state)
    return state.reply(wire.call(last, state.zone) if last else "")


def _credit(account: Account, state: State) -> str:
    settings = state.settings
    shown_at = state.pbx.clock.now - seconds(settings.balance_delay_seconds)
    credit, since = state.pbx.ledger.balance_at(account, shown_at)
    return wire.balance(credit, since, state.zone, separator=settings.decimal_separator, form=settings.balance_date)


def _outgoing(account: Account, wanted: frozenset[Disposition] | None, state: State) -> Cdr | None:
    """R10: what the account ordered, or its own telephones dialled."""
    ordered = CdrQuery(account=account.name, dispositions=wanted, newest_first=True, limit=1)
    own = state.own_numbers[account.name]
    dialled = CdrQuery(src_among=own, account="", dispositions=wanted, newest_first=True, limit=1)
    found = [cdr for query in (ordered, dialled) for cdr in state.pbx.shown_cdrs(query)]
    return max(found, key=lambda cdr: cdr.id, default=None)


def _incoming(account: Account, wanted: frozenset[Disposition] | None, state: State) -> Cdr | None:
    """R10: a call to one of the account's numbers that the account did not order itself."""
    own = state.own_numbers[account.name]
    query = CdrQuery(dst_among=own, not_account=account.name, dispositions=wanted, newest_first=True, limit=1)
    return next(iter(state.pbx.shown_cdrs(query)), None)
