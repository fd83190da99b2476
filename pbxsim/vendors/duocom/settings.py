"""What a PBX file may say under `vendors: duocom:`. What in it could never work is found by checks.py."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from pbxsim.pbx.notice import Retry
from pbxsim.vendors.duocom.errors import Text


class Api(StrEnum):
    """What a customer switches on in the vendor's web, each by itself; control comes with the calls."""

    CALLS = "webcallservice"
    CONSUMPTION = "api_consumos"
    MASKS = "apimascaras"

    @property
    def setting(self) -> str:
        """Tell where a PBX file switches it on."""
        return "`activated`" if self is Api.CALLS else "`activated_apis`"


class VoipUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may see and set the mask of a telephone: `usuario_voip` and `password_voip` of the masks API.

    `line` is the SIP user whose calls show that mask; absent: the one of that name.
    """

    user: str
    password: str
    line: str = ""

    @property
    def sip_user(self) -> str:
        """Tell whose calls are meant."""
        return self.line or self.user


class NoticeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice at the customer's URL, for example `{url: "https://crm.example.com/fin?ref={ref}&euros={coste}"}`.

    `url` has the places of charged.py, whose values are percent-encoded. `method` POST sends what stands behind the `?`
    as a form. `username` and `password`: HTTP Basic. `timeout`: how many seconds a try may take. `retry`: when a try
    that failed is made again, in seconds of the PBX's clock; `{give_up: 0}` tries once.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    username: str = ""
    password: str = ""
    timeout: float = 5
    retry: Retry = Retry()


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer of Duocom.

    `principal` and `pass` are what its requests carry; `account` is the PBX file's account that pays. `masks` are its
    own virtual numbers, `mask` the one shown where a request names none. `activated`: the web call service (and call
    control with it) is switched on, `activated_apis`: which others; the vendor leaves that to the customer.
    `allowed_addresses`: client addresses and networks, empty for all. `records`: it has the recording service, so that
    every call is recorded. `email`: where recordings are sent, empty for nowhere. `call_notice` is told of a call when
    it begins, `charged_notice` of each leg that was charged, when the call is over. `phones` are the telephones that it
    has activated, `voip_users` its VoIP ones: for those a mask of their own can be set.
    """

    principal: str
    password: str = msgspec.field(name="pass")
    account: str
    masks: tuple[str, ...] = ()
    mask: str = ""
    activated: bool = False
    activated_apis: tuple[Literal["api_consumos", "apimascaras"], ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    records: bool = False
    email: str = ""
    call_notice: NoticeSettings | None = None
    charged_notice: NoticeSettings | None = None
    phones: tuple[str, ...] = ()
    voip_users: tuple[VoipUser, ...] = ()

    def has(self, api: Api) -> bool:
        """Tell whether an API is switched on."""
        return self.activated if api is Api.CALLS else api.value in self.activated_apis


class Consumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the consumption API spells its report: our own format, for the vendor's could not be read.

    `row` is one charged leg, with the places of charged.py; `head` the first line. Each ends with a newline.
    """

    head: str = "1"
    row: str = "{fecha};{hora};{llamante};{acceso};{llamado};{segundos};{coste};{ref_id}"


class MaskList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the masks API spells its list: our own XML, for the vendor's could not be read.

    `document` has places for the `charset` and for all `mascaras`, each spelt as `mask`, which has places for its
    `numero` and whether it is the one shown now (`puesta`: 1 or 0).
    """

    document: str = '<?xml version="1.0" encoding="{charset}"?>\n<mascaras>{mascaras}</mascaras>\n'
    mask: str = '<mascara puesta="{puesta}">{numero}</mascara>'


class RecordingMail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The e-mail with a recording. All but `sender` have the places of mails.py."""

    sender: str = "pbxsim@localhost"
    subject: str = "Grabación de la llamada {ref}"
    text: str = (
        "Adjuntamos la grabación de su llamada.\n\nReferencia: {ref}\nFecha: {fecha} {hora}\nLlamante: {llamante}\n"
        "Llamado: {llamado}\nConversación: {segundos} s\n"
    )
    attachment: str = "{ref}.mp3"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Duocom on one PBX.

    Numbers are dialled in `context`; `extXXXX` is looked up in `dialplan`. A VoIP address ends in one of
    `voip_domains`. `first_reference` is the first call's of each day, in `time_zone`. `ring_seconds` is how long either
    party is rung. `texts`: other wordings, by the names in errors.py. `access` is what reports and notices say of how a
    call was made, `decimal_mark` what stands before the decimals of a cost.
    """

    accounts: tuple[Account, ...] = ()
    context: str
    dialplan: str
    voip_domains: tuple[str, ...] = ("mioficinaweb.es", "telefacil.com")
    time_zone: str = "Europe/Madrid"
    first_reference: int = 53_010_203  # the reference in the manual's sample
    ring_seconds: float = 30
    charset: Literal["utf-8", "iso-8859-1"] = "utf-8"
    texts: dict[Text, str] = {}
    access: str = "Acceso local"  # the tariff that the manual names for these calls
    decimal_mark: Literal[".", ","] = "."
    consumption: Consumption = Consumption()
    mask_list: MaskList = MaskList()
    mail: RecordingMail = RecordingMail()
