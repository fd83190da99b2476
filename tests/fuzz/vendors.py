"""What each vendor's interface knows: services, parameters, credentials and values that are right on `documented`.

Services and parameters are read from the vendors' own tables of actions, so that what comes to these is tried too.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.vendors.duocom.actions import ACTIONS as DUOCOM
from pbxsim.vendors.simotel.actions import ACTIONS as SIMOTEL
from pbxsim.vendors.simotel.services import DOCUMENTED
from pbxsim.vendors.voipsun.actions import ACTIONS as VOIPSUN
from pbxsim.vendors.vum.actions import PARAMETERS as VUM_PARAMETERS
from tests.fuzz.values import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fuzz.sent import Header

Pairs = tuple[tuple[str, bytes], ...]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked for. `fixed` are the parameters that make it this one; `is_json`: of a JSON body.

    Without those in `needed` it is refused.
    """

    paths: tuple[bytes, ...]
    methods: tuple[bytes, ...] = (b"GET", b"POST")
    parameters: tuple[str, ...]
    needed: tuple[str, ...] = ()
    fixed: Pairs = ()
    is_json: bool = False


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's interface. `credentials` are ways to say who asks; `values` what a parameter may be."""

    name: str
    services: tuple[Service, ...]
    credentials: tuple[tuple[Pairs, tuple[Header, ...]], ...]
    values: Mapping[str, tuple[bytes, ...]]


def _basic(pair: bytes) -> Header:
    return b"Authorization", b"Basic " + base64.b64encode(pair)


_KEY: Final = (b"X-APIKEY", b"vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG")
_RIGHT: Final = ((), (_KEY, _basic(b"test:Aa123456")))
_DATES: Final = (b"2026-01-01 00:00", b"2026-11-28", b"2030-01-01 23:59", b"01/01/2026", b"2026-01-01T00:00:00")

_VOIPSUN: Final = Vendor(
    name="voipsun",
    services=tuple(
        Service(
            paths=(b"/api/api.php",),
            parameters=action.parameters,
            needed=(*action.required, *(group[0] for group in action.one_of)),
            fixed=(("action", name.encode()),),
        )
        for name, action in VOIPSUN.items()
    ),
    credentials=(
        ((("username", b"voipsun"), ("password", b"secretpwd")), ()),
        ((("username", b"voipsun"), ("password", b"secretpwd")), ()),
        ((("username", b"voipsun"), ("password", b"wrong")), ()),
        ((("username", b"voipsun"),), ()),
        ((), (_basic(b"voipsun:secretpwd"),)),
    ),
    values={
        "srcExtenPublicNum": (b"299299000", b"299299555"),
        "srcExtenInternalNum": (b"100", b"102"),
        "srcExtenId": (b"5", b"6"),
        "dstNum": (b"800123456", b"102", b"990100001", b"990000000"),
        "dialplanName": (b"voipsun", b"vum"),
        "dialplanId": (b"1", b"2"),
        "context": (b"pospojeni", b"voipsun", b"nevyzvednuto"),
        "hangupContext": (b"nevyzvednuto",),
        "outrouteName": (b"odchozi", b"vum"),
        "queueName": (b"FrontaIT", b"999"),
        "agentNumber": (b"1000",),
        "agentPin": (b"1234",),
        "penalty": (b"0", b"5"),
        "monitorType": (b"mixmonitor", b"monitor"),
        "monitorFilename": (b"call.wav", b"a.mp3"),
        "monitorPath": (b"/var/spool/asterisk/monitor/x",),
        "cdrId": (b"10000", b"10001"),
        "filename": (b"record.wav", b"new.wav"),
        "path": (b"/mnt/nas_server/asterisk/2018",),
        "srcSipUsername": (b"sip100", b"sip102"),
        "channelName": (b"SIP/sip100-00000003", b"SIP/upc-00000004"),
        "overrideCallerId": (b"1", b"0"),
        "srcRingTimeout": (b"1", b"30"),
        "dstRingTimeout": (b"1", b"30"),
    },
)  # fmt: skip

_VUM: Final = Vendor(
    name="vum",
    services=tuple(
        Service(
            paths=(b"/ustredna/webapi.php", b"/webapi.php"),
            parameters=VUM_PARAMETERS,
            needed=needed,
            fixed=(("klic", key),),
        )
        for key, needed in (
            (b"VUMGIVEN0001", ("cislo",)),
            (b"VUMOWN000001", ("cislo",)),
            (b"VUMCALLBACK1", ("cislo", "cislo_kdo")),
            (b"VUMINFO00001", ("typ",)),
        )
    ),
    credentials=(((), ()), ((), ()), ((("klic", b"VUMWRONG0001"),), ()), ((("klic", b""),), ())),
    values={
        "cislo": (b"777123456", b"+420777123456", b"990100001", b"990200002", b"800123456"),
        "cislo_kdo": (b"777123456", b"990300003", b"226200200"),
        "typ": (b"1", b"2", b"3"),
        "styp": (b"1", b"2", b"3", b"4", b"5", b""),
    },
)

_SIMOTEL_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "call/originate/act": ("caller", "callee", "context", "caller_id", "trunk_name", "timeout", "call_limit"),
    "reports/audio/download": ("file",),
    "reports/cdr/ordered/id": ("_id", "id_"),
    "reports/quick/info": ("cuid",),
    "pbx/users/search": ("alike", "conditions", "status"),
}
_AGENT: Final = ("queue", "agent", "source", "penalty")
_REPORT: Final = ("alike", "conditions", "date_range", "pagination")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "call/originate/act": ("caller", "callee", "context", "caller_id"),
    "reports/audio/download": ("file",),
    "reports/cdr/ordered/id": ("_id",),
    "reports/quick/info": ("cuid",),
}


def _needed(service: str) -> tuple[str, ...]:
    if service in _NEEDED or service.endswith("/search"):
        return _NEEDED.get(service, ("alike", "date_range"))
    return _parameters(service)


def _parameters(service: str) -> tuple[str, ...]:
    if service.startswith("pbx/queues/batch"):
        return ("agents",)
    if service.startswith("pbx/queues/") and service.endswith("agent"):
        return _AGENT
    return _SIMOTEL_PARAMETERS.get(service, _REPORT)


_SIMOTEL: Final = Vendor(
    name="simotel",
    services=(
        *(
            Service(
                paths=(b"/api/v4/" + name.encode(), b"/api/v4.1/" + name.encode()),
                methods=tuple(method.encode() for method in action.methods),
                parameters=_parameters(name),
                needed=_needed(name),
                is_json=True,
            )
            for name, action in SIMOTEL.items()
        ),
        Service(
            paths=tuple(b"/api/v4/" + name.encode() for name in DOCUMENTED if name not in SIMOTEL),
            methods=(b"POST", b"PUT"),
            parameters=_REPORT,
            is_json=True,
        ),
    ),
    credentials=(
        _RIGHT,
        _RIGHT,
        _RIGHT,
        ((), (_KEY,)),
        ((), (_basic(b"test:wrong"), _KEY)),
        ((), (_basic(b"test"),)),
        ((), ((b"X-ApiKeys", b"x"),)),
        ((), ()),
    ),
    values={
        "caller": (b"557", b"552", b"570", b"09121234567"),
        "callee": (b"552", b"553", b"09121234567", b"999"),
        "context": (b"main_routing", b"main_routing", b"simotel"),
        "trunk_name": (b"cisco", b""),
        "timeout": (b"30", b"1"),
        "call_limit": (b"0", b"60"),
        "queue": (b"999", b"10000"),
        "agent": (b"557", b"552"),
        "source": (b"557",),
        "penalty": (b"0", b"3"),
        "alike": (b"true", b"false", b"0", b"1"),
        "from": _DATES,
        "to": _DATES,
        "start": (b"0", b"10"),
        "count": (b"1", b"100", b"1000"),
        "name": (b"557", b"cisco"),
        "status": (b"all", b"online"),
        "sorting": (b"asc", b"-1", b"1"),
        "cuid": (b"1", b"1764300000.1"),
    },
)

_ACCOUNT: Final = (("principal", b"666111666"), ("pass", b"MiClaveSecreta"))
_DUOCOM_NEEDED: Final = ("llamado", "llamante", "finicio", "ffinal", "orden", "ref", "ani")
_DUOCOM: Final = Vendor(
    name="duocom",
    services=tuple(
        Service(
            paths=(path.encode(),),
            parameters=action.parameters,
            needed=tuple(name for name in _DUOCOM_NEEDED if name in action.parameters),
        )
        for path, action in DUOCOM.items()
    ),
    credentials=(
        (_ACCOUNT, ()),
        (_ACCOUNT, ()),
        ((("principal", b"666111666"), ("pass", b"no")), ()),
        ((("usuario_voip", b"12345678"), ("password_voip", b"ClaveVoip")), ()),
        ((), ()),
    ),
    values={
        "llamante": (b"911000222", b"ext1234", b"12345678@mioficinaweb.es", b"990000000"),
        "llamado": (b"930000000", b"990100001", b"600123456"),
        "orden": (b"cortar",),
        "accion": (b"poner",),
        "mascara": (b"911222333",),
        "ani": (b"911000222",),
        "minutos": (b"0", b"1", b"240"),
        "grabar": (b"1", b"0", b"a@example.com"),
        "finicio": (b"2026-01-01", b"01-01-2026", b"2026-11-28 00:00:00"),
        "ffinal": (b"2026-12-31", b"31-12-2026"),
        "tipo_filtro": (b"llamante", b"acceso", b"llamado", b"ref_id"),
        "tipo_regla": (b"IGUAL", b"EMPIEZA", b"CONTIENE"),
        "ref": (b"1", b"2", b"10001"),
    },
)

VENDORS: Final = (_VOIPSUN, _VUM, _SIMOTEL, _DUOCOM)


def right_values(vendor: Vendor, parameter: str) -> tuple[bytes, ...]:
    """Give what a parameter may rightly be: what is known of it, else a number."""
    return vendor.values.get(parameter, NUMBERS)
