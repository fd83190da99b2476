"""What a PBX file may say under `vendors: duocom:`, and what in it contradicts the rest or could never work."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from pbxsim.kit.access import is_network
from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.numbers import is_digits
from pbxsim.kit.receiving import delivery_faults, is_url, server_faults
from pbxsim.kit.values import Lines
from pbxsim.kit.vendor import NOT_SHOWN, Credential, SettingsFault
from pbxsim.pbx.notice import Retry
from pbxsim.pbx.pbx import Pbx
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.references import HIGHEST, LOWEST
from pbxsim.vendors.duocom.template import CALL_PLACES, LEG_PLACES, MAIL_PLACES, has_place, unknown_places

SAMPLE: Final = """\
    context: office
    dialplan: office
    accounts:
      - {principal: "666111666", pass: change-me, account: main, activated: true, masks: ["222333444"]}
"""
"""What `pbxsim init` writes of this vendor."""

TIME_ZONE: Final = "Europe/Madrid"
"""Where nobody says another: where the vendor is."""

_LONGEST_NUMBER: Final = 20
_MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")  # RFC 5321


class Api(StrEnum):
    """What a customer switches on in the vendor's web, each by itself; control comes with the calls."""

    CALLS = "webcallservice"
    CONSUMPTION = "api_consumos"
    MASKS = "apimascaras"

    @property
    def setting(self) -> str:
        """Tell where a PBX file switches it on."""
        return "`activated`" if self is Api.CALLS else "`activated_apis`"


_CALLS: Final = Api.CALLS


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

    `url` has the places of ruling R21, whose values are percent-encoded. `method` POST sends what stands behind the `?`
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
        return self.activated if api is _CALLS else api.value in self.activated_apis


class Consumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the consumption API spells its report: our own format, for the vendor's could not be read.

    `row` is one charged leg, with the places of ruling R21; `head` the first line. Each ends with a newline.
    """

    head: Lines = "1"
    row: Lines = "{fecha};{hora};{llamante};{acceso};{llamado};{segundos};{coste};{ref_id}"


class MaskList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the masks API spells its list: our own XML, for the vendor's could not be read.

    `document` has places for the `charset` and for all `mascaras`, each spelt as `mask`, which has places for its
    `numero` and whether it is the one shown now (`puesta`: 1 or 0).
    """

    document: Lines = '<?xml version="1.0" encoding="{charset}"?>\n<mascaras>{mascaras}</mascaras>\n'
    mask: Lines = '<mascara puesta="{puesta}">{numero}</mascara>'


class RecordingMail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The e-mail with a recording. All but `sender` have the places of ruling R21, but for `{coste}`."""

    sender: str = "pbxsim@localhost"
    subject: str = "Grabación de la llamada {ref}"
    text: Lines = (
        "Adjuntamos la grabación de su llamada.\n\nReferencia: {ref}\nFecha: {fecha} {hora}\nLlamante: {llamante}\n"
        "Llamado: {llamado}\nConversación: {segundos} s\n"
    )
    attachment: str = "{ref}.mp3"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Duocom on one PBX.

    Numbers are dialled in `context`; `extXXXX` is looked up in `dialplan`. A VoIP address ends in one of
    `voip_domains`. `first_reference` is the first call's of each day, in `time_zone` (IANA name; absent: the
    PBX's, and if it has none, Europe/Madrid). `ring_seconds` is how long either
    party is rung. `texts`: other wordings, by the names in errors.py. `access` is what reports and notices say of how a
    call was made, `decimal_mark` what stands before the decimals of a cost.
    """

    accounts: tuple[Account, ...] = ()
    context: str
    dialplan: str
    voip_domains: tuple[str, ...] = ("mioficinaweb.es", "telefacil.com")
    time_zone: str | None = None
    first_reference: int = 53_010_203  # the reference in the manual's sample
    ring_seconds: float = 30
    charset: Literal["utf-8", "iso-8859-1"] = "utf-8"
    texts: dict[Text, Lines] = {}
    access: str = "Acceso local"  # the tariff that the manual names for these calls
    decimal_mark: Literal[".", ","] = "."
    consumption: Consumption = Consumption()
    mask_list: MaskList = MaskList()
    mail: RecordingMail = RecordingMail()


def credentials(settings: Settings) -> Iterator[Credential]:
    """Give what each account and each VoIP user identifies itself with."""
    for number, account in enumerate(settings.accounts):
        path = f"accounts[{number}]"
        yield Credential(path, frozenset({("principal", account.principal, account.password)}))
        for index, user in enumerate(account.voip_users):
            yield Credential(f"{path}.voip_users[{index}]", frozenset({("VoIP user", user.user, user.password)}))


def faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find what contradicts the rest of the PBX file, or could never work."""
    if not pbx.dialplan.knows(settings.context):
        yield SettingsFault("context", settings.context, "the name of a context or a dialplan of this file")
    if settings.dialplan not in pbx.directory.dialplans:
        yield SettingsFault("dialplan", settings.dialplan, "the name of one of the file's dialplans")
    if settings.time_zone is not None and zone_or_none(settings.time_zone) is None:
        yield SettingsFault("time_zone", settings.time_zone, "an IANA time zone, as Europe/Madrid")
    seen: set[str] = set()
    for index, account in enumerate(settings.accounts):
        yield from _account_faults(account, f"accounts[{index}]", pbx)
        yield from _told_faults(account, f"accounts[{index}]")
        if not is_digits(account.principal, 1, _LONGEST_NUMBER) or account.principal in seen:
            expected = f"a user number of at most {_LONGEST_NUMBER} digits that no other entry has"
            yield SettingsFault(f"accounts[{index}].principal", account.principal, expected)
        seen.add(account.principal)
    yield from _voip_user_faults(settings, pbx)
    yield from _value_faults(settings)
    yield from _text_faults(settings)
    yield from _mail_faults(settings.mail)


def _account_faults(account: Account, path: str, pbx: Pbx) -> Iterator[SettingsFault]:
    if not account.password:
        yield SettingsFault(f"{path}.pass", account.password, "a password")
    if account.account not in pbx.accounts:
        yield SettingsFault(f"{path}.account", account.account, "the name of one of the file's accounts")
    if account.mask and account.mask not in account.masks:
        yield SettingsFault(f"{path}.mask", account.mask, "one of the account's masks")
    for index, entry in enumerate(account.allowed_addresses):
        if not is_network(entry):
            yield SettingsFault(f"{path}.allowed_addresses[{index}]", entry, "an IP address or network, as 10.0.0.0/8")


def _told_faults(account: Account, path: str) -> Iterator[SettingsFault]:
    """Find whom an account could not have told, and telephones that are none."""
    for index, phone in enumerate(account.phones):
        if not wire.is_telephone(phone):
            yield SettingsFault(f"{path}.phones[{index}]", phone, "a telephone number, as 911000222 or +34911000222")
    if account.email and not _is_mailbox(account.email):
        yield SettingsFault(f"{path}.email", account.email, "an e-mail address, as ana@example.com")
    if account.charged_notice is not None:
        yield from _notice_faults(account.charged_notice, LEG_PLACES, f"{path}.charged_notice")
    if account.call_notice is not None:
        yield from _notice_faults(account.call_notice, CALL_PLACES, f"{path}.call_notice")


def _notice_faults(notice: NoticeSettings, places: tuple[str, ...], path: str) -> Iterator[SettingsFault]:
    """Find what is wrong with a notice; its URL may hold a secret and is not shown."""
    if not is_url(notice.url) or has_place(urlsplit(notice.url).netloc) or "@" in urlsplit(notice.url).netloc:
        expected = "an http(s) URL without user, password, fragment or blanks, its places behind the server's name"
        yield SettingsFault(f"{path}.url", NOT_SHOWN, expected)
    yield from server_faults(notice.url, f"{path}.url")
    if unknown_places(notice.url, places):
        yield SettingsFault(f"{path}.url", NOT_SHOWN, _no_places_but(places))
    if ":" in notice.username:  # RFC 7617, 2: the first colon ends the user name
        yield SettingsFault(f"{path}.username", notice.username, "a name without ':'")
    if notice.password and not notice.username:
        yield SettingsFault(f"{path}.username", "", "a user name to the password")
    yield from delivery_faults(notice.timeout, notice.retry, path)


def _voip_user_faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    seen: set[str] = set()
    for number, account in enumerate(settings.accounts):
        for index, user in enumerate(account.voip_users):
            path = f"accounts[{number}].voip_users[{index}]"
            if not user.user or user.user in seen:
                yield SettingsFault(f"{path}.user", user.user, "a name that no other entry has, not empty")
            seen.add(user.user)
            if not user.password:
                yield SettingsFault(f"{path}.password", "", "a password")
            if user.sip_user not in pbx.directory.lines:
                yield SettingsFault(f"{path}.line", user.sip_user, "the SIP user of one of the file's lines")


def _value_faults(settings: Settings) -> Iterator[SettingsFault]:
    if not LOWEST <= settings.first_reference <= HIGHEST:
        yield SettingsFault("first_reference", settings.first_reference, "eight digits, the first of them not 0")
    if settings.ring_seconds <= 0:
        yield SettingsFault("ring_seconds", settings.ring_seconds, "more than 0")


def _text_faults(settings: Settings) -> Iterator[SettingsFault]:
    form = settings.consumption
    masks = settings.mask_list
    yield from _place_faults("consumption.row", form.row, LEG_PLACES)
    yield from _place_faults("mask_list.document", masks.document, ("charset", "mascaras"))
    yield from _place_faults("mask_list.mask", masks.mask, ("numero", "puesta"))
    written = {f"texts.{text}": wording for text, wording in settings.texts.items()}
    written |= {"access": settings.access, "consumption.head": form.head, "consumption.row": form.row}
    written |= {"mask_list.document": masks.document, "mask_list.mask": masks.mask}
    for path, text in written.items():
        try:
            text.encode(settings.charset)
        except UnicodeEncodeError:
            yield SettingsFault(path, text, f"characters that {settings.charset} has")


def _place_faults(path: str, template: str, known: tuple[str, ...]) -> Iterator[SettingsFault]:
    unknown = unknown_places(template, known)
    if unknown:
        yield SettingsFault(path, template, _no_places_but(known))


def _no_places_but(known: tuple[str, ...]) -> str:
    return "no places but " + ", ".join(f"{{{name}}}" for name in known)


def _mail_faults(mail: RecordingMail) -> Iterator[SettingsFault]:
    if not _is_mailbox(mail.sender):
        yield SettingsFault("mail.sender", mail.sender, "an e-mail address, as pbx@example.com")
    if not mail.attachment or "/" in mail.attachment or "\\" in mail.attachment:
        yield SettingsFault("mail.attachment", mail.attachment, "a file's name, as {ref}.mp3")
    for name, text in (("subject", mail.subject), ("text", mail.text), ("attachment", mail.attachment)):
        yield from _place_faults(f"mail.{name}", text, MAIL_PLACES)


def _is_mailbox(text: str) -> bool:
    return _MAILBOX.fullmatch(text) is not None
