"""Simotel's interface on one PBX: the checks in their order, then the service that was asked for.

Not here: what a service does (the module of its object; actions.py lists them all).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.kit.access import address_allowed
from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.actions import ACTIONS
from pbxsim.vendors.simotel.components import add_components
from pbxsim.vendors.simotel.cors import Pages
from pbxsim.vendors.simotel.credentials import find_account
from pbxsim.vendors.simotel.errors import Failure, NamedFailure
from pbxsim.vendors.simotel.events import announce, receivers
from pbxsim.vendors.simotel.example import curl_line
from pbxsim.vendors.simotel.services import DOCUMENTED
from pbxsim.vendors.simotel.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Settings

_JSON: Final = "application/json"
_FROM_BODY: Final = "parameters are read from the JSON body alone, not from the address"
_SERVICE: Final = re.compile(r"/+api/+v4(?:\.1)?/+(.*)", re.DOTALL)


class SimotelInterface:
    """Implements `Interface`. The order of checks is ours (README, ruling R5). `state` is what it works with."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self._settings = settings
        self._pbx = pbx
        self._pages = Pages(settings.cors_origins)
        self.state = State(settings, pbx)
        add_components(settings, pbx)

    def claims(self, request: Request) -> bool:
        """Tell whether one of our accounts asks, or a browser on behalf of a page of ours before it may send one."""
        if self._pages.asks_first(request):
            return True
        try:
            find_account(request.headers, self._settings.accounts)
        except Refusal:
            return False
        return True

    def answer(self, request: Request) -> Reply:
        """Do what was asked, or say in the vendor's words why not."""
        if self._pages.asks_first(request):
            return self._pages.may(request)
        try:
            reply = self._served(request)
        except Refusal as refusal:
            reply = wire.refused(refusal, self._settings.texts)
        return self._pages.shown(reply, request)

    def curl(self, base_url: str) -> str | None:
        """Give one command line that has one extension ring and then another."""
        return curl_line(base_url, self._settings, self._pbx)

    def receivers(self) -> Iterable[Receiver]:
        """Give whom this PBX tells of what happens."""
        return receivers(self.state)

    def announce(self) -> None:
        """Tell them from now on."""
        announce(self.state)

    def _served(self, request: Request) -> Reply:
        if not address_allowed(request.remote, self._settings.allowed_addresses):
            raise Refusal(Failure.ADDRESS_REFUSED)
        account = find_account(request.headers, self._settings.accounts)
        service = _service(request.path)
        _check_form(request, ACTIONS[service].methods)
        if not account.may_use(service):
            raise Refusal(NamedFailure(Failure.ACCESS_DENIED, service))
        if request.fault:
            raise Refusal(Failure.UNPARSABLE, request.fault)
        return self._done(service, request)

    def _done(self, service: str, request: Request) -> Reply:
        hints = () if not request.query else (_FROM_BODY,)
        try:
            return ACTIONS[service].handler(request, self.state).hinted(*hints)
        except Refusal as refusal:
            raise Refusal(refusal.error, *refusal.hints, *hints) from refusal


def _service(path: str) -> str:
    """Name the service that is asked for; repeated slashes count as one. Raises Refusal."""
    found = _SERVICE.fullmatch(path)
    service = re.sub("/{2,}", "/", found[1]) if found else path
    if service in ACTIONS:
        return service
    if service in DOCUMENTED:
        raise Refusal(Failure.NO_SUCH_SERVICE, f"the vendor has {service!r}, pbxsim has not")
    raise Refusal(Failure.NO_SUCH_SERVICE, *word_hint("service", service[:128], DOCUMENTED))


def _check_form(request: Request, allowed: tuple[str, ...]) -> None:
    """See that the method and, where there is a body, its type are allowed. Raises Refusal."""
    if request.method not in allowed:
        raise Refusal(Failure.METHOD_REFUSED, *word_hint("method", request.method[:32], allowed))
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if (request.body or request.fault) and media_type != _JSON:
        raise Refusal(Failure.MEDIA_TYPE_REFUSED, *word_hint("content type", media_type[:64], (_JSON,)))
