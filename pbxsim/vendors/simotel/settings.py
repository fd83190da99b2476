"""What a PBX file may say under `vendors: simotel:`, and what in it would contradict the rest of the file."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from pbxsim.kit.access import is_network
from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.headers import is_origin
from pbxsim.kit.values import Lines
from pbxsim.kit.vendor import NOT_SHOWN, Credential, SettingsFault
from pbxsim.pbx.pbx import Pbx
from pbxsim.vendors.simotel.component_settings import ComponentEntry, component_faults
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.event_settings import EventSettings, event_faults
from pbxsim.vendors.simotel.services import DOCUMENTED

SAMPLE: Final = """\
    dialplan: office
    accounts:
      - {mode: both, username: client, password: change-me, api_key: change-me-too} # basic, token, or both together
    # events: {address: "http://127.0.0.1:9000/events", chosen: [NewState, Cdr]}
"""
"""What `pbxsim init` writes of this vendor."""


class Mode(StrEnum):
    """What an API account identifies itself by."""

    BASIC = "basic"
    TOKEN = "token"
    BOTH = "both"

    @property
    def takes_basic(self) -> bool:
        """Tell whether user name and password are asked for."""
        return self is not Mode.TOKEN

    @property
    def takes_token(self) -> bool:
        """Tell whether the API key is asked for."""
        return self is not Mode.BASIC


class PublicCaller(StrEnum):
    """What becomes of a request whose first party is a public number, without `trunk_name`."""

    REFUSE = "refuse"
    ACCEPT = "accept"  # an id comes back, then the first leg fails


class LenientField(StrEnum):
    """A required parameter that clients are known to leave out, and that a PBX file may make optional."""

    SOURCE = "source"  # then the same as `agent`
    ALIKE = "alike"  # then true


class BatchKey(StrEnum):
    """Under which key `batchaddagent` names the operator in its reply: the vendor's page had both."""

    AGENTS = "agents"
    AGENT = "agent"


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API account. `permissions` are the services that it may use, e.g. `call/originate/act`; absent: all."""

    mode: Mode = Mode.BOTH
    username: str = ""
    password: str = ""
    api_key: str = ""
    enabled: bool = True
    permissions: tuple[str, ...] | None = None

    def may_use(self, service: str) -> bool:
        """Tell whether the account is allowed a service."""
        return self.permissions is None or service in self.permissions

    def headers(self) -> Iterator[tuple[str, str]]:
        """Give the headers that its requests carry: API key, HTTP Basic, or both."""
        if self.mode.takes_token:
            yield "X-APIKEY", self.api_key
        if self.mode.takes_basic:
            pair = f"{self.username}:{self.password}"
            yield "Authorization", f"Basic {b64encode(pair.encode()).decode()}"


class Calendar(StrEnum):
    """In which calendar a report spells its dates."""

    PERSIAN = "persian"
    GREGORIAN = "gregorian"


class ReportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How reports are asked for and told.

    `time_zone` (IANA name; absent: the PBX's, and if it has none, Asia/Tehran) holds for the dates of requests and
    replies, `calendar` for those of replies.
    """

    time_zone: str | None = None
    calendar: Calendar = Calendar.PERSIAN


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Simotel on one PBX.

    `allowed_addresses`: client addresses and networks, empty for all. `dialplan`: the numbering plan of the extensions
    that may be a first party; absent: any plan that alone has the number. A first party of up to `longest_extension`
    digits is an extension even where nobody has that number. `barred_prefixes` may not be dialled over a trunk.
    `cors_origins`: pages that may call from a browser, `*` for any. `texts`: other wordings, `{name}` as in errors.py.
    `reports`: how reports are asked for and told.
    `lenient_fields`: required parameters that may be left out all the same. `lenient_methods`: every service is asked
    by PUT or POST, for clients that send all by PUT.
    `www_authenticate`: the challenge of a 401 (RFC 9110, 11.6.1), empty for none.
    `events`: what a web service of the customer's is told of; absent: nobody listens.
    `components`: places in the dialplan that ask a web service of the customer's where a call goes.
    """

    accounts: tuple[Account, ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    dialplan: str | None = None
    longest_extension: int = 6
    public_caller_without_trunk: PublicCaller = PublicCaller.REFUSE
    barred_prefixes: tuple[str, ...] = ("00", "+")
    cors_origins: tuple[str, ...] = ()
    texts: dict[Failure, Lines] = {}
    reports: ReportSettings = ReportSettings()
    lenient_fields: tuple[LenientField, ...] = ()
    lenient_methods: bool = False
    www_authenticate: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,200}$")] = 'Basic realm="Simotel"'
    batchaddagent_key: BatchKey = BatchKey.AGENTS
    events: EventSettings | None = None
    components: tuple[ComponentEntry, ...] = ()


def credentials(settings: Settings) -> Iterator[Credential]:
    """Give what each account that is enabled is asked for."""
    for index, account in enumerate(settings.accounts):
        basic = {("basic", account.username, account.password)} if account.mode.takes_basic else set()
        token = {("API key", account.api_key)} if account.mode.takes_token else set()
        if account.enabled:
            yield Credential(f"accounts[{index}]", frozenset(basic | token))


def faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find what contradicts the rest of the PBX file, or could never work."""
    for index, account in enumerate(settings.accounts):
        yield from _account_faults(account, f"accounts[{index}]")
    yield from _twins(settings.accounts)
    yield from _report_faults(settings.reports)
    if settings.dialplan is not None and settings.dialplan not in pbx.directory.dialplans:
        yield SettingsFault("dialplan", settings.dialplan, f"one of the file's dialplans: {_listed(pbx)}")
    yield from _client_faults(settings)
    for index, prefix in enumerate(settings.barred_prefixes):
        if not prefix:
            yield SettingsFault(f"barred_prefixes[{index}]", prefix, "at least one character: an empty one bars all")
    if settings.events is not None:
        yield from event_faults(settings.events, "events")
    yield from component_faults(settings.components, pbx, "components")


def _client_faults(settings: Settings) -> Iterator[SettingsFault]:
    for index, entry in enumerate(settings.allowed_addresses):
        if not is_network(entry):
            yield SettingsFault(f"allowed_addresses[{index}]", entry, "an IP address or network, as 10.0.0.0/8")
    for index, origin in enumerate(settings.cors_origins):
        if origin != "*" and not is_origin(origin):
            expected = "scheme and host of a page, as https://www.example.com, or * for any"
            yield SettingsFault(f"cors_origins[{index}]", origin, expected)


def _report_faults(settings: ReportSettings) -> Iterator[SettingsFault]:
    """Find what could never work."""
    if settings.time_zone is not None and zone_or_none(settings.time_zone) is None:
        yield SettingsFault("reports.time_zone", settings.time_zone, "a time zone's IANA name, as Asia/Tehran")


def _account_faults(account: Account, path: str) -> Iterator[SettingsFault]:
    if account.mode.takes_basic:
        if not account.username or ":" in account.username:  # RFC 7617, 2: the first colon ends the user name
            yield SettingsFault(f"{path}.username", account.username, f"a name without ':' (mode {account.mode})")
        if not account.password:
            yield SettingsFault(f"{path}.password", account.password, f"a password (mode {account.mode})")
    if account.mode.takes_token and not account.api_key:
        yield SettingsFault(f"{path}.api_key", account.api_key, f"an API key (mode {account.mode})")
    for index, permission in enumerate(account.permissions or ()):
        if permission not in DOCUMENTED:
            yield SettingsFault(f"{path}.permissions[{index}]", permission, "a service, as call/originate/act")


def _twins(accounts: Iterable[Account]) -> Iterator[SettingsFault]:
    """Find accounts of which a request could not tell which one is meant; no fault shows a key."""
    names: set[str] = set()
    keys: set[str] = set()
    for index, account in enumerate(accounts):
        path = f"accounts[{index}]"
        name = {account.username} if account.mode.takes_basic and account.enabled else set()
        key = {account.api_key} if account.mode.takes_token and account.enabled else set()
        if name & names:
            yield SettingsFault(f"{path}.username", account.username, "a name that no other enabled account has")
        if key & keys:
            yield SettingsFault(f"{path}.api_key", NOT_SHOWN, "an API key that no other enabled account has")
        names |= name
        keys |= key


def _listed(pbx: Pbx) -> str:
    return ", ".join(pbx.directory.dialplans) or "it has none"
