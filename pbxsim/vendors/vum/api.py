"""VUM's one address: an activation key says what it is for, and each kind of key reads like the vendor's page."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pbxsim.clock.instant import seconds
from pbxsim.kit.access import same_secret
from pbxsim.kit.civil import zone
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.numbers import CZECHIA, as_dialled, international, is_digits, misprint_hints
from pbxsim.kit.reach import can_pay, reachable
from pbxsim.kit.reply import Reply
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallerId, CallOrder
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.vum import browser, wire
from pbxsim.vendors.vum.errors import TEXTS, Refusal, Text
from pbxsim.vendors.vum.settings import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.params import Params
    from pbxsim.kit.request import Request
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.vum.settings import Key, Settings

PARAMETERS: Final = ("klic", "cislo", "cislo_kdo", "typ", "styp")

_NOT_FOR: Final = {
    KeyKind.GIVEN_FIRST: ("cislo_kdo", "typ", "styp"),
    KeyKind.OWN_FIRST: ("cislo_kdo", "typ", "styp"),
    KeyKind.CALLBACK: ("typ", "styp"),
    KeyKind.INFO: ("cislo", "cislo_kdo"),
}
"""Parameters by which a request asks for what a key of that kind is not for (README, R5)."""

_STATES: Final[dict[str, frozenset[Disposition] | None]] = {
    "": None,
    "1": frozenset({Disposition.ANSWERED}),
    "2": frozenset(Disposition) - {Disposition.ANSWERED},
    "3": frozenset({Disposition.NO_ANSWER}),
    "4": frozenset({Disposition.BUSY}),
    "5": frozenset({Disposition.FAILED}),
}
"""S8: the calls that each `styp` leaves."""

_EXAMPLE_GIVEN: Final = "777123456"
_EXAMPLE_CALLER: Final = "603222111"


class VumInterface:
    """VUM on one PBX."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self._zone = zone(settings.time_zone)
        self._texts = TEXTS | settings.texts
        self._own_numbers = {account: frozenset(self._numbers_of(account)) for account in pbx.accounts}
        self._kinds = {
            KeyKind.GIVEN_FIRST: self._given_first,
            KeyKind.OWN_FIRST: self._own_first,
            KeyKind.CALLBACK: self._callback,
            KeyKind.INFO: self._info,
        }

    # -- the contract with the server -----------------------------------------------------------------------------

    def claims(self, request: Request) -> bool:
        """Tell whether the key is one of this PBX's."""
        return self._key(request.params) is not None

    def answer(self, request: Request) -> Reply:
        """Place the call, or tell what the key asks about; a refusal is one line of text, with HTTP status 200 too."""
        key = self._key(request.params)
        if browser.is_preflight(request):
            return browser.preflight(request, key)
        try:
            reply = self._do(request, key)
        except Refusal as refusal:
            text = self._texts[refusal.text]
            reply = self._reply(text, code=text).hinted(*refusal.hints)
        reply = reply.hinted(*parameter_hints(request.params, PARAMETERS), *request.body_hint)
        return browser.with_leave(reply, request, key)

    def curl(self, base_url: str) -> str | None:
        """Give a line in which the first key that can do so has a number called."""
        query = next(filter(None, map(self._example, self.settings.keys)), None)
        if query is None:
            return None
        url = f"{base_url.rstrip('/')}/ustredna/webapi.php?{urlencode(query)}"
        return f"curl {shlex.quote(url)}"

    # -- the vendor's page ----------------------------------------------------------------------------------------

    def _do(self, request: Request, key: Key | None) -> Reply:
        if request.method not in ("GET", "POST"):
            raise Refusal(Text.REQUEST, f"method {request.method}: the vendor's page opens an address, a GET")
        if request.fault:
            raise Refusal(Text.REQUEST, f"the request's body could not be read: {request.fault}")
        if key is None:
            raise Refusal(Text.UNKNOWN_KEY, "no activation key of this PBX is the one in klic")
        params = request.params
        unclean = params.unclean()
        if unclean is not None:
            raise Refusal(Text.REQUEST, f"parameter {unclean!r} holds a control character or is no UTF-8")
        foreign = params.given(_NOT_FOR[key.kind])
        if foreign:
            raise Refusal(Text.WRONG_KEY_KIND, f"{', '.join(foreign)}: not for a key of kind {key.kind}")
        return self._kinds[key.kind](params, key)

    def _given_first(self, params: Params, key: Key) -> Reply:
        """S2: call the given number; when it answers, connect it to the key's own."""
        given = _number(params, "cislo", Text.NUMBER_MISSING)
        return self._connect(key, first=given, second=key.own)

    def _own_first(self, params: Params, key: Key) -> Reply:
        """S3: call the key's own number; when it answers, connect it to the given one."""
        given = _number(params, "cislo", Text.NUMBER_MISSING)
        return self._connect(key, first=key.own, second=given)

    def _callback(self, params: Params, key: Key) -> Reply:
        """S4: call `cislo_kdo`; when it answers, connect it to `cislo`."""
        given = _number(params, "cislo", Text.NUMBER_MISSING)
        caller = _number(params, "cislo_kdo", Text.CALLER_MISSING)
        return self._connect(key, first=caller, second=given)

    def _info(self, params: Params, key: Key) -> Reply:
        """S5 to S8: credit, the last outgoing call, the last incoming call."""
        kind, state = params.text("typ"), params.text("styp")
        account = self.pbx.accounts[key.account]
        if kind == "1":
            return self._credit(account)
        if kind not in ("2", "3"):
            raise Refusal(Text.TYPE, *misprint_hints("typ", kind))
        if state not in _STATES:
            raise Refusal(Text.SUBTYPE, *misprint_hints("styp", state))
        find = self._outgoing if kind == "2" else self._incoming
        last = find(account, _STATES[state])
        return self._reply(wire.call(last, self._zone) if last else "")

    # -- calls ----------------------------------------------------------------------------------------------------

    def _connect(self, key: Key, *, first: str, second: str) -> Reply:
        account = self.pbx.accounts[key.account]
        ring_first, ring_second = self._resolve(first), self._resolve(second)
        if not can_pay(account, ring_first, ring_second):
            raise Refusal(Text.CREDIT, f"account {account.name} has no credit left, and a number costs something")
        ring = seconds(self.settings.ring_seconds)
        order = CallOrder(
            vendor="vum",
            first=ring_first,
            src=first,
            dst=second,
            second=second,
            second_to=ring_second,
            context=self.settings.context,
            first_shows=self._shown(key, to=first, other=second),
            second_shows=self._shown(key, to=second, other=first),
            first_timeout=ring,
            second_timeout=ring,
            account=account,
            charge_basis=ChargeBasis.CONVERSATION,
        )
        call = self.pbx.calls.originate(order)
        return self._reply(self._texts[Text.ACCEPTED], call=call.number)

    def _resolve(self, number: str) -> Destination:
        return self.pbx.dialplan.resolve(as_dialled(number, CZECHIA), self.settings.context)

    def _shown(self, key: Key, *, to: str, other: str) -> CallerId:
        """R7: the own telephone shows the other party; everybody else shows the own number, if the key has one."""
        if to == key.own or not key.own:
            return CallerId(other)
        own = self._resolve(key.own)
        return CallerId(own.extension.outside_number if isinstance(own, ToExtension) else key.own)

    # -- information ----------------------------------------------------------------------------------------------

    def _credit(self, account: Account) -> Reply:
        settings = self.settings
        shown_at = self.pbx.clock.now - seconds(settings.balance_delay_seconds)
        credit, since = self.pbx.ledger.balance_at(account, shown_at)
        return self._reply(
            wire.balance(credit, since, self._zone, separator=settings.decimal_separator, form=settings.balance_date)
        )

    def _outgoing(self, account: Account, states: frozenset[Disposition] | None) -> Cdr | None:
        """R10: what the account ordered, or its own telephones dialled."""
        ordered = CdrQuery(account=account.name, dispositions=states, newest_first=True, limit=1)
        own = self._own_numbers[account.name]
        dialled = CdrQuery(src_among=own, account="", dispositions=states, newest_first=True, limit=1)
        found = [cdr for query in (ordered, dialled) for cdr in self.pbx.cdrs.find(query)]
        return max(found, key=lambda cdr: cdr.id, default=None)

    def _incoming(self, account: Account, states: frozenset[Disposition] | None) -> Cdr | None:
        """R10: a call to one of the account's numbers that the account did not order itself."""
        own = self._own_numbers[account.name]
        query = CdrQuery(dst_among=own, not_account=account.name, dispositions=states, newest_first=True, limit=1)
        return next(iter(self.pbx.cdrs.find(query)), None)

    # -- what stands in the settings ------------------------------------------------------------------------------

    def _key(self, params: Params) -> Key | None:
        given = params.text("klic")
        found = [key for key in self.settings.keys if same_secret(given, key.key)]  # all: time tells nothing
        return found[0] if found else None

    def _numbers_of(self, account: str) -> Iterator[str]:
        yield from self.settings.numbers.get(account, ())
        for key in self.settings.keys:
            if key.account == account and key.own:
                yield key.own
                own = self._resolve(key.own)
                if isinstance(own, ToExtension):
                    yield from (own.extension.internal, *own.extension.public, own.extension.outside_number)

    def _example(self, key: Key) -> dict[str, str] | None:
        if key.kind is KeyKind.INFO:
            return None
        caller = key.own or _EXAMPLE_CALLER
        public = (number for extension in self.pbx.directory.extensions for number in extension.public)
        for given in reachable(self.pbx.dialplan, self.settings.context, (_EXAMPLE_GIVEN, *public)):
            parties = self._resolve(caller), self._resolve(given)
            own = given == caller or given in self._own_numbers[key.account]
            if not own and can_pay(self.pbx.accounts[key.account], *parties):
                query = {"klic": key.key, "cislo": given}
                return query | {"cislo_kdo": caller} if key.kind is KeyKind.CALLBACK else query
        return None

    def _reply(self, text: str, *, call: int | None = None, code: str = "") -> Reply:
        charset = self.settings.charset
        body = text.encode(charset, "replace")
        return Reply(body=body, content_type=f"text/html; charset={charset}", call=call, code=code)


def _number(params: Params, name: str, missing: Text) -> str:
    """Read a number (R6): digits, or `+` and an international number. Raises Refusal."""
    text = params.text(name)
    if not text:
        raise Refusal(missing)
    if is_digits(text, 2, 17) or international(text):
        return text
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))
