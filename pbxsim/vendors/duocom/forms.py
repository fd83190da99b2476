"""The vendor's programs as forms to fill in: what each takes, with values of this PBX that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.civil import civil
from pbxsim.kit.form import HIDDEN, Field, Form, Identity
from pbxsim.kit.methods import GET_AND_POST
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.actions import ACTIONS
from pbxsim.vendors.duocom.call_control import ORDERS
from pbxsim.vendors.duocom.consumption import JOINS, RULES
from pbxsim.vendors.duocom.masks import VERBS
from pbxsim.vendors.duocom.settings import Api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.kit.request import Request
    from pbxsim.vendors.duocom.api import DuocomInterface
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.state import State

_BRAND: Final = "/cgi-bin/oficinaweb/"  # the other brand's programs are the same (actions.py)
_SWITCHED_BY: Final = {"oficinaweb_webcallservice": Api.CALLS, "api_control_llamadas": Api.CALLS} | {
    "api_consumos": Api.CONSUMPTION,
    "apimascaras": Api.MASKS,
}
_REQUIRED: Final = ("principal", "pass", "llamante", "llamado", "orden", "ref")
_FILTERED: Final = ("api_consumos",)  # where llamante and llamado only narrow a report
_TELEPHONE: Final = "ani/usuario_voip"


def forms(interface: DuocomInterface) -> Iterator[Form]:
    """Give a form for each program; accounts that have not switched it on are not among its identities."""
    state = interface.state
    for path, action in ACTIONS.items():
        if not path.startswith(_BRAND):
            continue
        name = path.removeprefix(_BRAND)
        may = tuple(_identities(state, name))
        fields = tuple(_field(parameter, name, interface) for parameter in action.parameters)
        yield Form(action=name, path=path, methods=GET_AND_POST, fields=fields, identities=may)


def secrets(interface: DuocomInterface, identity: str, request: Request) -> Mapping[str, str]:
    """Give an account's password, and that of its VoIP user whom the request names."""
    accounts = {f"accounts[{place}]": account for place, account in enumerate(interface.state.settings.accounts)}
    account = accounts.get(identity)
    if account is None:
        return {}
    voip = {user.user: user.password for user in account.voip_users}
    named = request.params.text("usuario_voip")
    return {"pass": account.password} | ({"password_voip": voip[named]} if named in voip else {})


def _identities(state: State, name: str) -> Iterator[Identity]:
    for place, account in enumerate(state.settings.accounts):
        if account.has(_SWITCHED_BY[name]):
            values = {"principal": account.principal, "pass": HIDDEN, **_of_masks(name, account)}
            yield Identity(path=f"accounts[{place}]", title=account.principal, values=values)


def _of_masks(name: str, account: Account) -> dict[str, str]:
    """Give the telephone of that customer of which the masks are told."""
    return {"ani": account.phones[0]} if name == "apimascaras" and account.phones else {}


def _field(parameter: str, name: str, interface: DuocomInterface) -> Field:
    narrows = name in _FILTERED
    choices = _choices(interface.state).get(parameter, ())
    if narrows and parameter in ("llamante", "llamado"):
        return Field(name=parameter)
    value = _values(interface).get(parameter, msgspec.UNSET)
    grouped = parameter in ("ani", "usuario_voip")
    return Field(
        name=parameter,
        value=value,
        required=parameter in _REQUIRED,
        group=_TELEPHONE if grouped else "",
        choices=choices,
    )


def _values(interface: DuocomInterface) -> dict[str, str]:
    state = interface.state
    caller, called = interface.trial_parties() or ("", "")
    today = f"{civil(state.pbx.clock.now, state.zone):%d-%m-%Y}"
    found = {"principal": "", "pass": HIDDEN, "llamante": caller, "llamado": called, "orden": ORDERS[0]}
    return found | {"ref": next(iter(_references(state)), ""), "finicio": today, "ffinal": today}


def _choices(state: State) -> dict[str, tuple[str, ...]]:
    accounts = state.settings.accounts
    return {
        "ref": _references(state),
        "orden": ORDERS,
        "accion": VERBS,
        "tipo_filtro": tuple(JOINS),
        "tipo_regla": tuple(RULES),
        "grabar": ("0", "1"),
        "mascara": tuple(mask for account in accounts for mask in account.masks),
        "ani": tuple(phone for account in accounts for phone in account.phones),
        "usuario_voip": tuple(user.user for account in accounts for user in account.voip_users),
    }


def _references(state: State) -> tuple[str, ...]:
    """Give the references of calls in progress, the newest first."""
    live = reversed(state.pbx.calls.live.values())
    return tuple(call.order.reference for call in live if call.order.vendor == wire.NAME)
