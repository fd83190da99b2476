"""Duocom's interface to the server: whose request it is, which program answers, how a refusal is spelt."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pbxsim.kit.access import address_allowed
from pbxsim.kit.later import LaterModule
from pbxsim.kit.methods import not_allowed
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.numbers import SPAIN
from pbxsim.kit.reach import can_pay, reachable
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.parties import resolved
from pbxsim.vendors.duocom.programs import CALLS
from pbxsim.vendors.duocom.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.duocom import actions
    from pbxsim.vendors.duocom.actions import DuocomAction
    from pbxsim.vendors.duocom.settings import Account, Settings
else:
    actions = LaterModule("pbxsim.vendors.duocom.actions")

_EXAMPLE_CALLER: Final = "911000222"  # the manual's own
_EXAMPLE_CALLED: Final = "930000000"


class DuocomInterface:
    """Implements `kit.vendor.Interface` for one PBX."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.state = State(settings, pbx)

    def claims(self, request: Request) -> bool:
        """Tell whether user number and password are an account's of this PBX, or those of a VoIP user of one."""
        params = request.params
        return (self.state.customer(params) or self.state.voip_user(params)) is not None

    def answer(self, request: Request) -> Reply:
        """Have the path's program answer; a refusal has HTTP status 200 too (R3)."""
        action = actions.ACTIONS[request.path]
        try:
            reply = action.handler(request, self.state)
        except Refusal as refusal:
            reply = self._refused(refusal)
        return _sent(reply, request, action)

    def prepare(self, request: Request) -> Iterator[None] | None:
        """Make ready what a long reply will be made of, where the request is for one."""
        action = actions.ACTIONS[request.path]
        if action.prepare is None:
            return None
        try:
            return action.prepare(request, self.state)
        except Refusal:
            return None

    def refuse(self, request: Request, error: str, _filled: Mapping[str, str]) -> Reply:
        """Answer with a refusal of that name, whatever is asked, and do nothing."""
        return _sent(self._refused(Refusal(Text(error))), request, actions.ACTIONS[request.path])

    def curl(self, base_url: str) -> str | None:
        """Give a line in which the first account that can do so has two numbers connected."""
        parties = self.trial_parties()
        for account in self.state.settings.accounts:
            if parties is None or not self._can_call(account, parties):
                continue
            query = {"principal": account.principal, "llamante": parties[0], "llamado": parties[1]}
            query["pass"] = account.password
            url = f"{base_url.rstrip('/')}{CALLS}?{urlencode(query)}"
            return f"curl {shlex.quote(url)}"
        return None

    def _refused(self, refusal: Refusal) -> Reply:
        text = self.state.texts[refusal.error]
        return self.state.reply(wire.refused(text), code=text).hinted(*refusal.hints)

    def _can_call(self, account: Account, parties: tuple[str, str]) -> bool:
        here = account.activated and address_allowed("127.0.0.1", account.allowed_addresses)
        payer = self.state.pbx.accounts[account.account]
        return here and can_pay(payer, *(resolved(party, self.state) for party in parties))

    def trial_parties(self) -> tuple[str, str] | None:
        """Give two Spanish numbers that can be dialled here."""
        pbx, context = self.state.pbx, self.state.settings.context
        public = [number for extension in pbx.directory.extensions for number in extension.public]
        spanish = filter(SPAIN.fits, (_EXAMPLE_CALLER, _EXAMPLE_CALLED, *public))
        found = list(reachable(pbx.dialplan, context, spanish))
        return (found[0], found[1]) if len(found) > 1 else None


def _sent(reply: Reply, request: Request, action: DuocomAction) -> Reply:
    params = request.params
    hints = () if action.names.issuperset(params) else parameter_hints(params, action.parameters)
    if "Origin" in request.headers:  # S12: every visitor of the page sees the account's password
        hints += ("called from a page (Origin): the vendor says never to",)
    if params.unread or request.body:
        hints += request.reading_hints
    reply = not_allowed(reply, request)
    return reply.hinted(*hints) if hints else reply
