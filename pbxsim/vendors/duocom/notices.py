"""Notices at the customer's URL: when a call begins, and for each leg that was charged, once the call is over.

Here is who is told and when; when and how often a notice is sent is no matter of ours. Recordings by e-mail: mails.py.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pbxsim.clock.instant import HOUR
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import CallStarted, CreditChanged, NoticePosted
from pbxsim.pbx.ledger import EntryKind
from pbxsim.pbx.notice import Notice, Receiver
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.duocom import mails
from pbxsim.vendors.duocom.charged_legs import ChargedLeg, Origins, belongs_to, call_values
from pbxsim.vendors.duocom.template import filled
from pbxsim.vendors.duocom.wire import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.vendors.duocom.api import DuocomInterface
    from pbxsim.vendors.duocom.settings import Account, NoticeSettings
    from pbxsim.vendors.duocom.state import State

CALL: Final = "aviso de llamada"
CHARGED: Final = "aviso de llamada cobrada"
_FORM: Final = "application/x-www-form-urlencoded"
_DAY: Final = 24 * HOUR


def receivers(interface: DuocomInterface) -> Iterator[Receiver]:
    """Give every customer's servers, and the PBX's mail server where recordings are sent."""
    settings = interface.state.settings
    for account in settings.accounts:
        if account.charged_notice is not None:
            yield _receiver(_charged_name(account), account.charged_notice)
        if account.call_notice is not None:
            yield _receiver(_call_name(account), account.call_notice)
    yield from mails.receivers(settings)


def announce(interface: DuocomInterface) -> None:
    """Listen from now on for what somebody is to be told of; for nothing else."""
    state = interface.state
    accounts, events = state.settings.accounts, state.pbx.events
    if any(account.call_notice is not None for account in accounts):
        events.subscribe(CallStarted, CallNotices(state).on_started)
    if any(account.charged_notice is not None for account in accounts):
        charged = ChargedNotices(state)
        events.subscribe(CreditChanged, charged.on_credit)
        events.subscribe(CallRecorded, charged.on_recorded)
    mails.announce(state)


class CallNotices:
    """Tells of calls when they begin (R26)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._told = {account.principal: account for account in state.settings.accounts}

    def on_started(self, event: CallStarted) -> None:
        """Tell of a web call whose customer wants to know."""
        call, order = event.call, event.call.order
        account = self._told.get(order.custom[0]) if order.vendor == NAME else None
        if account is not None and account.call_notice is not None:
            values = call_values(self._state, order.reference, call.started_at, order.src, order.dst)
            notice = _notice(_call_name(account), CALL, call.number, account.call_notice, values)
            self._state.pbx.events.emit(NoticePosted(notice))


class ChargedNotices:
    """Tells of charged legs when their call's record is closed, so that the record is there before the notice (R27)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._told = [account for account in state.settings.accounts if account.charged_notice is not None]
        self._payers = frozenset(account.account for account in self._told)
        self._booked: list[LedgerEntry] = []

    def on_credit(self, event: CreditChanged) -> None:
        """Keep a charge until its call's record is closed, which is next."""
        entry = event.entry
        if entry.kind is EntryKind.CHARGE and entry.account in self._payers:
            self._booked.append(entry)

    def on_recorded(self, event: CallRecorded) -> None:
        """Tell of what was charged for the call, leg by leg."""
        if not self._booked:
            return
        booked, self._booked = self._booked, []
        whole = event.whole
        for entry in booked:
            origin = self._origin(entry, whole)
            if origin is not None:
                self._tell(ChargedLeg(entry, origin), whole.call)

    def _origin(self, entry: LedgerEntry, closed: Cdr) -> Cdr | None:
        """Find the record of the web call: the one just closed, or where a transfer brought the leg, an earlier one."""
        if closed.reference == entry.reference:
            return Origins([closed]).of(entry)
        records = self._state.pbx.cdrs.find(CdrQuery(newest_first=True))
        return Origins(takewhile(lambda cdr: cdr.end >= entry.at - _DAY, records)).of(entry)

    def _tell(self, leg: ChargedLeg, call: int) -> None:
        for account in self._told:
            if account.charged_notice is not None and belongs_to(leg.cdr, account):
                notice = _notice(_charged_name(account), CHARGED, call, account.charged_notice, leg.values(self._state))
                self._state.pbx.events.emit(NoticePosted(notice))


def _charged_name(account: Account) -> str:
    return f"{NAME}:{account.principal}"


def _call_name(account: Account) -> str:
    return f"{NAME}:{account.principal}:aviso"


def _receiver(name: str, settings: NoticeSettings) -> Receiver:
    return Receiver(
        name=name,
        vendor=NAME,
        address=settings.url,
        timeout=settings.timeout,
        username=settings.username,
        password=settings.password,
        retry=settings.retry,
    )


def _notice(receiver: str, event: str, call: int, settings: NoticeSettings, values: Mapping[str, str]) -> Notice:
    url = filled(settings.url, values, lambda value: quote(value, safe=""))
    if settings.method == "GET":
        return Notice(receiver=receiver, event=event, call=call, url=url)
    address, _, form = url.partition("?")
    return Notice(
        receiver=receiver, event=event, call=call, method="POST", url=address, content_type=_FORM, body=form.encode()
    )
