"""What Duocom's programs share on one PBX: who asks, and whether it is allowed; references, and masks that were set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.kit.access import address_allowed
from pbxsim.kit.civil import local_zone
from pbxsim.kit.holders import Holders
from pbxsim.kit.methods import GET_AND_POST
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.reply import Reply
from pbxsim.pbx.astdb import AstDb, key_of
from pbxsim.vendors.duocom.errors import TEXTS, Text
from pbxsim.vendors.duocom.references import References
from pbxsim.vendors.duocom.settings import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.kit.params import Params
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.duocom.settings import Account, Api, Settings, VoipUser


PHONE: Final = "ani"
VOIP: Final = "voip"

Telephone: TypeAlias = tuple[str, str]
"""PHONE and a number as it is dialled, or VOIP and a SIP user."""


MASKS: Final = "duocom/masks"


class ChosenMask(msgspec.Struct, frozen=True):
    """A mask that was set."""

    account: str
    telephone: Telephone
    mask: str


class ChosenMasks:
    """Which mask is set for which telephone of which customer. They last until the PBX is reset (R25)."""

    def __init__(self, database: AstDb) -> None:
        self._database = database
        self._set: dict[tuple[str, Telephone], str] = {
            (one.account, one.telephone): one.mask for _, one in database.family(MASKS, ChosenMask)
        }

    def put(self, account: Account, telephone: Telephone, mask: str) -> None:
        """Set a mask from now on."""
        self._set[account.principal, telephone] = mask
        key = key_of("/".join((account.principal, *telephone)))
        self._database.put(MASKS, key, ChosenMask(account.principal, telephone, mask))

    def shown(self, account: Account, telephone: Telephone) -> str:
        """Give the mask of a telephone: the one set for it, else the account's; empty where there is neither."""
        return self._set.get((account.principal, telephone), account.mask)

    def of(self, account: Account, telephones: Iterable[Telephone]) -> str:
        """Give the mask of a call: of the caller's telephones the first that has a mask of its own decides."""
        for telephone in telephones:
            chosen = self._set.get((account.principal, telephone))
            if chosen:
                return chosen
        return account.mask


def carries(request: Request) -> tuple[tuple[str, ...], ...]:
    """Give what identifies an account in a request, and what a VoIP user, as `settings.credentials` gives both."""
    params = request.params
    return (
        ("principal", params.text("principal"), params.text("pass")),
        ("VoIP user", params.text("usuario_voip"), params.text("password_voip")),
    )


class State:
    """Duocom on one PBX. It keeps the day's count of references, and the masks that were set.

    `ring` is how long either party is rung.
    """

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self.zone = local_zone(settings.time_zone, pbx, TIME_ZONE)
        self.texts = TEXTS | settings.texts
        self.references = References(self.zone, settings.first_reference)
        self.references.resume(pbx)
        self.masks = ChosenMasks(pbx.database)
        self.ring = seconds(settings.ring_seconds)
        accounts = settings.accounts
        self._customers = Holders((each, (each.principal, each.password)) for each in accounts)
        self._voip_users = Holders(
            ((each, user), (user.user, user.password)) for each in accounts for user in each.voip_users
        )
        self._html = f"text/html; charset={settings.charset}"

    def customer(self, params: Params) -> Account | None:
        """Find the account whose user number and password a request carries."""
        return self._customers.find(params.get("principal", ""), params.get("pass", ""))

    def voip_user(self, params: Params) -> tuple[Account, VoipUser] | None:
        """Find the VoIP user whose name and password a request carries, and whose it is."""
        return self._voip_users.find(params.get("usuario_voip", ""), params.get("password_voip", ""))

    def admitted(self, request: Request, api: Api) -> Account:
        """Tell whose request this is, if it may be served at all. Raises Refusal in the order of R4."""
        readable(request)
        params = request.params
        account = self.customer(params)
        if account is None:
            missing = params.missing(("principal", "pass"))
            hints = [f"{name} is missing" for name in missing]
            raise Refusal(Text.ACCOUNT, *(hints or ["no account of this PBX has this principal and pass"]))
        entitled(request, account, api)
        return account

    def reply(self, text: str, *, media: str = "", call: int | None = None, code: str = "") -> Reply:
        """Make a reply of a text, in the character set of R3; HTML where no other media type is said."""
        charset = self.settings.charset
        content_type = f"{media}; charset={charset}" if media else self._html
        return Reply(body=text.encode(charset), content_type=content_type, call=call, code=code)


def readable(request: Request) -> None:
    """Refuse a request that is neither GET nor POST, or whose body did not arrive (R1, R7)."""
    if request.method not in GET_AND_POST:
        raise Refusal(Text.REQUEST, f"method {request.method}: the vendor's page calls with GET")
    if request.fault:
        raise Refusal(Text.REQUEST, f"the request's body could not be read: {request.fault}")


def entitled(request: Request, account: Account, api: Api) -> None:
    """Refuse a request to an API that the account has not switched on, or from elsewhere than it says; dirt too."""
    if not account.has(api):
        raise Refusal(Text.SERVICE_OFF, f"the account's {api} is not switched on ({api.setting})")
    if account.allowed_addresses and not address_allowed(request.remote, account.allowed_addresses):
        raise Refusal(Text.ADDRESS, f"{request.remote} is not among the account's addresses")
    unclean = request.params.unclean()
    if unclean is not None:
        raise Refusal(Text.REQUEST, f"parameter {unclean!r} holds a control character or is no UTF-8")
