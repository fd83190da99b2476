"""Duocom's web call service: who asks, whom to call first, whom then, what they see, how long they may talk."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pbxsim.clock.instant import MINUTE, seconds
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallerId, CallOrder, RecordingWish
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendorkit.access import address_allowed, same_secret
from pbxsim.vendorkit.civil import civil, zone
from pbxsim.vendorkit.near_miss import parameter_hints
from pbxsim.vendorkit.numbers import (
    SPAIN,
    as_dialled,
    behind_prefix,
    international,
    is_digits,
    misprint_hints,
    sip_address,
)
from pbxsim.vendorkit.reach import can_pay, reachable
from pbxsim.vendorkit.reply import Reply
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import TEXTS, Refusal, Text
from pbxsim.vendors.duocom.references import References

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.account import Account as PaidFrom
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendorkit.exchange import Exchange
    from pbxsim.vendorkit.params import Params
    from pbxsim.vendors.duocom.settings import Account, Settings

PARAMETERS: Final = ("principal", "pass", "llamante", "llamado", "mascara", "grabar", "minutos")

_LONGEST_MINUTES: Final = 240
_EXTENSION: Final = "ext"
_EXAMPLE_CALLER: Final = "911000222"  # the manual's own
_EXAMPLE_CALLED: Final = "930000000"


class DuocomInterface:
    """Duocom on one PBX. It keeps the day's count of references."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self._settings = settings
        self._pbx = pbx
        self._texts = TEXTS | settings.texts
        self._references = References(zone(settings.time_zone), settings.first_reference)

    # -- the contract with the server -----------------------------------------------------------------------------

    def claims(self, exchange: Exchange) -> bool:
        """Tell whether user number and password are an account's of this PBX."""
        return self._account(exchange.params) is not None

    def answer(self, exchange: Exchange) -> Reply:
        """Place the call and give its reference, or say in the vendor's way why not; HTTP status 200 for both (R3)."""
        try:
            order, hints = self._order(exchange)
        except Refusal as refusal:
            text = self._texts[refusal.text]
            reply = self._reply(wire.refused(text), code=text).hinted(*refusal.hints)
        else:
            call = self._pbx.calls.originate(order)
            reply = self._reply(wire.accepted(order.reference), call=call.number).hinted(*hints)
        return reply.hinted(*parameter_hints(exchange.params, PARAMETERS), *_page_hints(exchange), *exchange.body_hint)

    def curl(self, base_url: str) -> str | None:
        """Give a line in which the first account that can do so has two numbers connected."""
        parties = self._example_parties()
        for account in self._settings.accounts:
            payer = self._pbx.accounts[account.account]
            here = account.activated and address_allowed("127.0.0.1", account.allowed_addresses)
            if parties is None or not here or not can_pay(payer, *map(self._resolve, parties)):
                continue
            query = {"principal": account.principal, "llamante": parties[0], "llamado": parties[1]}
            query["pass"] = account.password
            url = f"{base_url.rstrip('/')}/cgi-bin/oficinaweb/oficinaweb_webcallservice?{urlencode(query)}"
            return f"curl {shlex.quote(url)}"
        return None

    # -- the vendor's page ----------------------------------------------------------------------------------------

    def _order(self, exchange: Exchange) -> tuple[CallOrder, tuple[str, ...]]:
        """Read a request in the order of R4: account, activation, address, parameters, credit."""
        account = self._admitted(exchange)
        params = _called(_clean(exchange.params))
        first, src = self._llamante(params.text("llamante"))
        second = self._llamado(params.text("llamado"))
        mask = _mask(params, account)
        talk_limit, hints = _minutes(params)
        payer = self._payer(account, first, second)
        ring = seconds(self._settings.ring_seconds)
        reference = self._references.take(self._pbx.clock.now)
        order = CallOrder(
            vendor="duocom",
            first=first,
            src=src,
            dst=params.text("llamado"),
            second=params.text("llamado"),
            second_to=second,
            context=self._settings.context,
            first_shows=CallerId(mask),
            second_shows=CallerId(mask),
            first_timeout=ring,
            second_timeout=ring,
            talk_limit=talk_limit,
            account=payer,
            charge_basis=ChargeBasis.LEG,
            reference=reference,
            recording=self._recording(params, account, reference),
        )
        return order, (*hints, *_flag_hints(params))

    def _payer(self, account: Account, *parties: Destination) -> PaidFrom:
        """S11: both calls are charged, so there must be credit."""
        payer = self._pbx.accounts[account.account]
        if not can_pay(payer, *parties):
            raise Refusal(Text.CREDIT, f"account {payer.name} has no credit left, and a number costs something")
        return payer

    def _admitted(self, exchange: Exchange) -> Account:
        """S2, S3: whose request this is, if it may be served at all."""
        if exchange.method not in ("GET", "POST"):
            raise Refusal(Text.REQUEST, f"method {exchange.method}: the vendor's page calls with GET")
        if exchange.fault:
            raise Refusal(Text.REQUEST, f"the request's body could not be read: {exchange.fault}")
        account = self._account(exchange.params)
        if account is None:
            missing = exchange.params.missing(("principal", "pass"))
            hints = [f"{name} is missing" for name in missing]
            raise Refusal(Text.ACCOUNT, *(hints or ["no account of this PBX has this principal and pass"]))
        if not account.activated:
            raise Refusal(Text.SERVICE_OFF, "the account's web call service is not switched on (`activated`)")
        if not address_allowed(exchange.remote, account.allowed_addresses):
            raise Refusal(Text.ADDRESS, f"{exchange.remote} is not among the account's addresses")
        return account

    def _llamante(self, text: str) -> tuple[Destination, str]:
        """S4: a telephone number, a VoIP address or an extension with the special diversion; its name in records."""
        if text.startswith(_EXTENSION):
            return self._diverted_extension(text)
        if "@" in text:
            return self._voip(text)
        return self._resolve(_telephone("llamante", text)), text

    def _diverted_extension(self, text: str) -> tuple[Destination, str]:
        number = behind_prefix(text, _EXTENSION)
        extension = self._pbx.directory.internal_or_none(number, self._settings.dialplan) if number else None
        if extension is None:
            raise Refusal(Text.EXTENSION, f"no extension {text!r} in dialplan {self._settings.dialplan}")
        if not extension.special_diversion:
            raise Refusal(Text.EXTENSION, f"extension {extension.internal} has no special diversion")
        return ToExtension(extension.internal, extension), extension.internal

    def _voip(self, text: str) -> tuple[Destination, str]:
        user, domain = sip_address(text) or ("", "")
        line = self._pbx.directory.lines.get(user)
        if domain not in self._settings.voip_domains or line is None:
            raise Refusal(Text.NUMBER, f"llamante {text!r} is no VoIP address here")
        return ToExtension(line.extension.internal, line.extension, line), user

    def _llamado(self, text: str) -> Destination:
        """S5: a telephone number."""
        return self._resolve(_telephone("llamado", text))

    def _recording(self, params: Params, account: Account, reference: str) -> RecordingWish | None:
        """S7: recorded if the request asks for it, or if the account has the recording service anyway; named by R17."""
        if params.text("grabar") != "1" and not account.records:
            return None
        day = civil(self._pbx.clock.now, zone(self._settings.time_zone)).date()
        return RecordingWish(f"duocom/{account.principal}/{day}", f"{reference}.mp3", regardless=True)

    # -- what stands in the settings ------------------------------------------------------------------------------

    def _account(self, params: Params) -> Account | None:
        principal, password = params.text("principal"), params.text("pass")
        found = [
            account
            for account in self._settings.accounts  # all of them, and both secrets of each: time tells nothing
            if same_secret(principal, account.principal) & same_secret(password, account.password)
        ]
        return found[0] if found else None

    def _resolve(self, number: str) -> Destination:
        return self._pbx.dialplan.resolve(as_dialled(number, SPAIN), self._settings.context)

    def _example_parties(self) -> tuple[str, str] | None:
        public = [number for extension in self._pbx.directory.extensions for number in extension.public]
        spanish = filter(SPAIN.fits, (_EXAMPLE_CALLER, _EXAMPLE_CALLED, *public))
        found = list(reachable(self._pbx.dialplan, self._settings.context, spanish))
        return (found[0], found[1]) if len(found) > 1 else None

    def _reply(self, text: str, *, call: int | None = None, code: str = "") -> Reply:
        charset = self._settings.charset
        return Reply(body=text.encode(charset), content_type=f"text/html; charset={charset}", call=call, code=code)


def _clean(params: Params) -> Params:
    """Refuse control characters (R7)."""
    unclean = params.unclean()
    if unclean is not None:
        raise Refusal(Text.REQUEST, f"parameter {unclean!r} holds a control character or is no UTF-8")
    return params


def _called(params: Params) -> Params:
    """Refuse a request without both parties."""
    missing = params.missing(("llamante", "llamado"))
    if missing:
        raise Refusal(Text.MISSING_PARAMETER, f"without {' and '.join(missing)} there is nobody to call")
    return params


def _telephone(name: str, text: str) -> str:
    """Read a national, mobile or international number (R8)."""
    if SPAIN.fits(text) or international(text):
        return text
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))


def _mask(params: Params, account: Account) -> str:
    """S6: the number that both parties see; it must be one of the account's own."""
    asked = params.text("mascara")
    if asked and asked not in account.masks:
        raise Refusal(Text.MASK, f"mascara {asked!r} is none of the account's virtual numbers", *_listed(account.masks))
    return asked or account.mask or account.principal


def _listed(masks: tuple[str, ...]) -> tuple[str, ...]:
    return (f"it has {', '.join(masks)}",) if masks else ()


def _minutes(params: Params) -> tuple[Duration, tuple[str, ...]]:
    """S8: the longest talk, 0 for no limit, and what is odd about how it was asked for."""
    text = params.text("minutos")
    if not text:
        return 0, ()
    if not is_digits(text, 1, len(text)):
        return 0, (f"minutos {text!r} is no whole number from 0 to 240: taken as 0, no limit",)
    digits = text.lstrip("0")
    minutes = _LONGEST_MINUTES if len(digits) > len(str(_LONGEST_MINUTES)) else int(digits or "0")
    return min(minutes, _LONGEST_MINUTES) * MINUTE, ()


def _flag_hints(params: Params) -> tuple[str, ...]:
    grabar = params.text("grabar")
    return () if grabar in ("", "0", "1") else (f"grabar {grabar!r}: only 1 records the call",)


def _page_hints(exchange: Exchange) -> tuple[str, ...]:
    """S12: a browser that calls from a page shows the account's password to every visitor."""
    return ("called from a page (Origin): the vendor says never to",) if "Origin" in exchange.headers else ()
