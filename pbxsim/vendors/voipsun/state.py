"""What VoIPSUN's interface has of one PBX: the PBX, the settings, and who may ask for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.holders import Holders
from pbxsim.vendors.voipsun.rows import AccountRows, ChannelRows

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun.settings import ApiUser, Settings


def carries(request: Request) -> tuple[tuple[str, ...], ...]:
    """Give the name and password in a request, as `settings.credentials` gives those of an API user."""
    return (("user", request.params.text("username"), request.params.text("password")),)


class State:
    """VoIPSUN on one PBX."""

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self.channel_rows = ChannelRows()
        self.account_rows = AccountRows(settings.sipstatus_omits)
        self._users = Holders((user, (user.username, user.password)) for user in settings.users)
        self._permitted = {user.username: user.permitted() for user in settings.users}

    def user(self, params: Params) -> ApiUser | None:
        """Find who asks."""
        return self._users.find(params["username"], params["password"])

    def permits(self, user: ApiUser, action: str) -> bool:
        """Tell whether a user may use an action (R5)."""
        return action in self._permitted[user.username]
