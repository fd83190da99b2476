"""VUM's interface on one PBX: in which order a request is judged, and the line that tries it out.

There is one address; what a request asks for is what its activation key is for (actions.py).
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pbxsim.kit.later import LaterModule
from pbxsim.kit.methods import GET_AND_POST, not_allowed
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.reach import can_pay, reachable
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.vum import browser
from pbxsim.vendors.vum.errors import Text
from pbxsim.vendors.vum.settings import KeyKind
from pbxsim.vendors.vum.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.vum import actions
    from pbxsim.vendors.vum.settings import Key, Settings
else:
    actions = LaterModule("pbxsim.vendors.vum.actions")

EXAMPLE_GIVEN: Final = "777123456"
EXAMPLE_CALLER: Final = "603222111"
PATH: Final = "/ustredna/webapi.php"


class VumInterface:
    """Implements `kit.vendor.Interface` for one PBX."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.state = State(settings, pbx)

    def claims(self, request: Request) -> bool:
        """Tell whether the key is one of this PBX's."""
        return self.state.key_or_none(request.params) is not None

    def answer(self, request: Request) -> Reply:
        """Place the call, or tell what the key asks about; a refusal is one line of text, with HTTP status 200 too."""
        params = request.params
        key = self.state.key_or_none(params)
        if browser.is_preflight(request):
            return browser.preflight(request, key)
        try:
            reply = self._carry_out(request, params, key)
        except Refusal as refusal:
            reply = self._refused(refusal)
        return self._sent(reply, request, params, key)

    def refuse(self, request: Request, error: str, _filled: Mapping[str, str]) -> Reply:
        """Answer with a refusal of that name, whatever is asked, and do nothing."""
        params = request.params
        return self._sent(self._refused(Refusal(Text(error))), request, params, self.state.key_or_none(params))

    def curl(self, base_url: str) -> str | None:
        """Give a line in which the first key that can do so has a number called."""
        query = next(filter(None, map(self._example, self.state.settings.keys)), None)
        if query is None:
            return None
        url = f"{base_url.rstrip('/')}{PATH}?{urlencode(query)}"
        return f"curl {shlex.quote(url)}"

    def _refused(self, refusal: Refusal) -> Reply:
        text = self.state.texts[refusal.error]
        return self.state.reply(text, code=text).hinted(*refusal.hints)

    @staticmethod
    def _sent(reply: Reply, request: Request, params: Params, key: Key | None) -> Reply:
        if not actions.NAMES.issuperset(params):
            reply = reply.hinted(*parameter_hints(params, actions.PARAMETERS))
        if params.unread or request.body:
            reply = reply.hinted(*request.reading_hints)
        return browser.with_leave(not_allowed(reply, request), request, key)

    def _carry_out(self, request: Request, params: Params, key: Key | None) -> Reply:
        """Judge a request in the order of R4; then do what its key is for. Raises Refusal."""
        if request.method not in GET_AND_POST:
            raise Refusal(Text.REQUEST, f"method {request.method}: the vendor's page opens an address, a GET")
        if request.fault:
            raise Refusal(Text.REQUEST, f"the request's body could not be read: {request.fault}")
        kind = (key or self.state.key(params)).kind
        unclean = params.unclean()
        if unclean is not None:
            raise Refusal(Text.REQUEST, f"parameter {unclean!r} holds a control character or is no UTF-8")
        action = actions.ACTIONS[kind]
        foreign = params.given(action.foreign)
        if foreign:
            raise Refusal(Text.WRONG_KEY_KIND, f"{', '.join(foreign)}: not for a key of kind {kind}")
        return action.handler(request, self.state)

    def _example(self, key: Key) -> dict[str, str] | None:
        if key.kind is KeyKind.INFO:
            return None
        pbx, state, caller = self.state.pbx, self.state, key.own or EXAMPLE_CALLER
        public = (number for extension in pbx.directory.extensions for number in extension.public)
        for given in reachable(pbx.dialplan, state.settings.context, (EXAMPLE_GIVEN, *public)):
            own = given == caller or given in state.own_numbers[key.account]
            if not own and can_pay(pbx.accounts[key.account], state.resolve(caller), state.resolve(given)):
                query = {"klic": key.key, "cislo": given}
                return query | {"cislo_kdo": caller} if key.kind is KeyKind.CALLBACK else query
        return None
