"""Which requests are meant by a fault or a forced reply: by vendor, method, path, action and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.request import Request


class RequestMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of which all that is given here holds; what is None holds of each.

    `action` is the parameter of that name (VoIPSUN), or the end of the path: `call/originate/act`, `webcall.php`.
    `params` are of query or form, or of a JSON body's top level. A browser that asks first whether it may ask (OPTIONS)
    is meant by no more than that method: what counts is the request itself.
    """

    vendor: str | None = None
    method: str | None = None
    path: str | None = None
    action: str | None = None
    params: Mapping[str, str] = {}

    def fits(self, vendor: str, request: Request) -> bool:
        """Tell whether a request to a vendor is meant."""
        if self.vendor not in (None, vendor) or self.path not in (None, request.path):
            return False
        if self.method is None:
            if request.method == "OPTIONS":
                return False
        elif self.method != request.method:
            return False
        return self._is_action(request) and self._has_params(request)

    def _is_action(self, request: Request) -> bool:
        action = self.action
        if action is None or request.path.endswith(f"/{action.lstrip('/')}"):
            return True
        return request.params.text("action") == action

    def _has_params(self, request: Request) -> bool:
        if not self.params:
            return True
        given = {**_json_members(request), **request.params}
        return all(given.get(name) == value for name, value in self.params.items())


def _json_members(request: Request) -> dict[str, str]:
    """Give the members of a JSON object as text, other values as JSON spells them."""
    if request.media_type != "application/json":
        return {}
    try:
        members = msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return {name: _text(value) for name, value in members.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
