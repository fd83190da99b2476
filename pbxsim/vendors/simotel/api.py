"""Simotel's interface on one PBX: the checks in their order, then the service that was asked for.

Not here: what a service does (the module of its object; actions.py lists them all).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import permutations
from shlex import quote
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.access import address_allowed
from pbxsim.kit.json_body import repeated_keys
from pbxsim.kit.later import LaterModule
from pbxsim.kit.methods import not_allowed
from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.reply import compact_json
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.access import Accounts, Pages
from pbxsim.vendors.simotel.components import add_components
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.services import DOCUMENTED, ORIGINATE
from pbxsim.vendors.simotel.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel import actions, events
    from pbxsim.vendors.simotel.settings import Settings
else:
    events = LaterModule("pbxsim.vendors.simotel.events")
    actions = LaterModule("pbxsim.vendors.simotel.actions")

_JSON: Final = "application/json"
_FROM_BODY: Final = "parameters are read from the JSON body alone, not from the address"
_SERVICE: Final = re.compile(r"/+api/+v4(?:\.1)?/+(.*)", re.DOTALL)


class SimotelInterface:
    """Implements `Interface`. The order of checks is ours (README, ruling R5). `state` is what it works with."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self._settings = settings
        self._pbx = pbx
        self._accounts = Accounts(settings.accounts)
        self._pages = Pages(settings.cors_origins)
        self.state = State(settings, pbx)
        add_components(settings, pbx)

    def claims(self, request: Request) -> bool:
        """Tell whether one of our accounts asks, or a browser on behalf of a page of ours before it may send one."""
        if self._pages.asks_first(request):
            return True
        try:
            self._accounts.find(request.headers)
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
            reply = self._refused(refusal, request)
        return self._pages.shown(reply, request)

    def prepare(self, request: Request) -> Iterator[None] | None:
        """Make ready what a long reply will be made of, where the request is for one."""
        action = actions.ACTIONS.get(actions.PATHS.get(request.path, ""))  # one that is spelt as usual
        if action is None or action.prepare is None:
            return None
        try:
            self._admitted(request)
            return action.prepare(request, self.state)
        except Refusal:
            return None

    def refuse(self, request: Request, error: str, filled: Mapping[str, str]) -> Reply:
        """Answer with a row of the vendor's table, whatever is asked, and do nothing."""
        reply = wire.refused(Refusal(Failure(error), filled=filled), self._settings.texts)
        return self._pages.shown(self._challenging(reply), request)

    def curl(self, base_url: str) -> str | None:
        """Give one command line that has one extension ring and then another."""
        return _curl_line(base_url, self._settings, self._pbx)

    def trial_parties(self) -> tuple[str, str, str] | None:
        """Give two internal numbers whose telephones ring, and a context in which the second can be dialled."""
        return _two_parties(self._settings, self._pbx)

    def receivers(self) -> Iterable[Receiver]:
        """Give whom this PBX tells of what happens."""
        return () if self._settings.events is None else events.receivers(self.state)

    def announce(self) -> None:
        """Tell them from now on."""
        if self._settings.events is not None:
            events.announce(self.state)

    def _served(self, request: Request) -> Reply:
        return self._done(self._admitted(request), request)

    def _admitted(self, request: Request) -> str:
        """Tell which service a request asks for that may be served. Raises Refusal."""
        allowed = self._settings.allowed_addresses
        if allowed and not address_allowed(request.remote, allowed):
            raise Refusal(Failure.ADDRESS_REFUSED)
        account = self._accounts.find(request.headers)
        service = _service(request.path)
        _check_form(request, self._methods(service))
        if not account.may_use(service):
            raise Refusal(Failure.ACCESS_DENIED, filled={"name": service})
        if request.fault:
            raise Refusal(Failure.UNPARSABLE, request.fault)
        return service

    def _methods(self, service: str) -> tuple[str, ...]:
        return actions.PUT_TOO if self._settings.lenient_methods else actions.ACTIONS[service].methods

    def _refused(self, refusal: Refusal, request: Request) -> Reply:
        reply = wire.refused(refusal, self._settings.texts)
        if refusal.error is Failure.METHOD_REFUSED:
            return not_allowed(reply, request, self._methods(_service(request.path)))
        return self._challenging(reply)

    def _challenging(self, reply: Reply) -> Reply:
        challenge = self._settings.www_authenticate
        if challenge and reply.status == HTTPStatus.UNAUTHORIZED:
            return msgspec.structs.replace(reply, headers=(*reply.headers, ("WWW-Authenticate", challenge)))
        return reply

    def _done(self, service: str, request: Request) -> Reply:
        hints = repeated_keys(request.body)
        if request.query:
            hints += (_FROM_BODY,)
        try:
            reply = actions.ACTIONS[service].handler(request, self.state)
            return reply.hinted(*hints) if hints else reply
        except Refusal as refusal:
            refusal.hints += hints
            raise


def _service(path: str) -> str:
    """Name the service that is asked for; repeated slashes count as one. Raises Refusal."""
    usual = actions.PATHS.get(path)
    if usual is not None:
        return usual
    found = _SERVICE.fullmatch(path)
    service = re.sub("/{2,}", "/", found[1]) if found else path
    if service in actions.ACTIONS:
        return service
    if service in DOCUMENTED:
        raise Refusal(Failure.NO_SUCH_SERVICE, f"the vendor has {service!r}, pbxsim has not")
    raise Refusal(Failure.NO_SUCH_SERVICE, *word_hint("service", service[:128], DOCUMENTED))


def _check_form(request: Request, allowed: tuple[str, ...]) -> None:
    """See that the method and, where there is a body, its type are allowed. Raises Refusal."""
    if request.method not in allowed:
        raise Refusal(Failure.METHOD_REFUSED, *word_hint("method", request.method[:32], allowed))
    if request.headers.get("Content-Type") == _JSON:
        return
    if (request.body or request.fault) and request.media_type != _JSON:
        raise Refusal(Failure.MEDIA_TYPE_REFUSED, *word_hint("content type", request.media_type[:64], (_JSON,)))


# -- the banner's command line: an extension rings, then another -------------------------------------------------------


def _curl_line(base_url: str, settings: Settings, pbx: Pbx) -> str | None:
    """Give a command that works as it stands; None without an account that may call, or without two telephones."""
    accounts = [account for account in settings.accounts if account.enabled and account.may_use(ORIGINATE)]
    parties = _two_parties(settings, pbx)
    if not accounts or parties is None:
        return None
    caller, callee, context = parties
    body = compact_json({"caller": caller, "callee": callee, "context": context, "caller_id": caller})
    headers = [*(f"{name}: {value}" for name, value in accounts[0].headers()), "Content-Type: application/json"]
    options = " ".join(f"-H {quote(header)}" for header in headers)
    return f"curl -X PUT {quote(f'{base_url}/api/v4/{ORIGINATE}')} {options} -d {quote(body.decode())}"


def _two_parties(settings: Settings, pbx: Pbx) -> tuple[str, str, str] | None:
    """Find two extensions whose telephones ring, and a context in which the second can be dialled."""
    plans = pbx.directory.dialplans
    contexts = sorted(pbx.directory.contexts, key=lambda name: name in plans)  # the file's own contexts first
    ringing = [extension for extension in pbx.directory.extensions if _rings(extension, settings)]
    for first, second in permutations(ringing, 2):
        for context in contexts:
            there = pbx.dialplan.resolve(second.internal, context)
            if isinstance(there, ToExtension) and there.extension is second:
                return first.internal, second.internal, context
    return None


def _rings(extension: Extension, settings: Settings) -> bool:
    in_plan = settings.dialplan in (None, extension.dialplan)
    return in_plan and any(line.is_registered for line in extension.lines)
