"""What a PBX file may say under `vendors: simotel: events:`: whom the PBX tells what, and how.

The settings are those of the vendor's panel (Maintenance, Settings, API Settings) and of its `simotel.ini`.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.receiving import delivery_faults, is_url, server_faults, without_scheme
from pbxsim.kit.vendor import NOT_SHOWN, SettingsFault
from pbxsim.pbx.notice import Retry


class EventName(StrEnum):
    """Every event that the vendor documents, by the name that `event_name` has; pbxsim sends those in SENT."""

    NEW_STATE = "NewState"
    INCOMING_CALL = "IncomingCall"
    OUTGOING_CALL = "OutgoingCall"
    TRANSFER = "Transfer"
    CDR = "Cdr"
    CDR_QUEUE = "CdrQueue"
    EXTEN_ADDED = "ExtenAdded"
    EXTEN_REMOVED = "ExtenRemoved"
    PING = "Ping"
    TRUNK_ADDED = "TrunkAdded"
    TRUNK_NEW_STATE = "TrunkNewState"
    TRUNK_REMOVED = "TrunkRemoved"
    SURVEY = "Survey"
    VOICE_MAIL = "VoiceMail"
    VOICE_MAIL_EMAIL = "VoiceMailEmail"
    INCOMING_FAX = "IncomingFax"
    OUTGOING_FAX = "OutgoingFax"
    AUTO_DIALER_REPORT = "AutoDialerReport"
    RESERVED_CALL_IN_FRONT = "ReservedCallInFront"


TIME_ZONE: Final = "Asia/Tehran"
"""Where nobody says another: where the vendor is."""

SENT: Final = (
    EventName.NEW_STATE,
    EventName.INCOMING_CALL,
    EventName.OUTGOING_CALL,
    EventName.TRANSFER,
    EventName.CDR,
    EventName.CDR_QUEUE,
    EventName.EXTEN_ADDED,
    EventName.EXTEN_REMOVED,
    EventName.PING,
    EventName.VOICE_MAIL,
)
"""The events of which pbxsim has what they tell of; the others belong to parts that it has not (fax, surveys, …)."""


class Version(StrEnum):
    """How an event is put: G sends all to the address, Rest appends the event's name to it; 4 posts JSON."""

    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    REST2 = "Rest2"
    REST3 = "Rest3"
    REST4 = "Rest4"

    @property
    def names_event_in_path(self) -> bool:
        """Tell whether the event's name is appended to the address."""
        return self.value.startswith("Rest")

    @property
    def posts_json(self) -> bool:
        """Tell whether a POST has JSON in its body, and not a form."""
        return self.value.endswith("4")


class Method(StrEnum):
    """The HTTP method by which events are sent."""

    GET = "GET"
    POST = "POST"


class CdrName(StrEnum):
    """How the event of a call's record is spelt: as in the vendor's samples, or as in its tables."""

    CDR = "Cdr"
    CDR_IN_CAPITALS = "CDR"


class DialerKey(StrEnum):
    """Under which key NewState says that the user is dialling; one public client reads `dialing`."""

    DIALER = "dialer"
    DIALING = "dialing"


class EventSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Simotel's event webhooks: one receiver, which is told of every call of the PBX, whoever placed it.

    For example `{address: "https://crm.example.com/simotel?token=s3cret", version: Rest4, chosen: [NewState, Cdr]}`.

    `chosen`: the events that are sent; absent: all that pbxsim knows. The vendor's other events may be chosen, too, but
    never come. `address` may have a query, which is kept. `username` and `password`: HTTP Basic. `timeout`: how many
    seconds a try may take. `retry`: when a try that failed is made again, in seconds of the PBX's clock; `{give_up: 0}`
    tries once. Times are UTC, with `client_api_use_local_timezone` those of `time_zone` (absent:
    that of the reports where the PBX has a zone, else Asia/Tehran). `cdr_name`, `dialer_key`:
    other spellings. `send_unanswered_first_party`: a call whose first party did not answer has a Cdr, too (`dst` is
    `failed`).
    """

    address: str
    enabled: bool = True
    version: Version = Version.G4
    method: Method = Method.POST
    chosen: tuple[EventName, ...] | None = None
    username: str = ""
    password: str = ""
    timeout: float = 5
    retry: Retry = Retry()
    client_api_use_local_timezone: bool = False
    time_zone: str | None = None
    cdr_name: CdrName = CdrName.CDR
    dialer_key: DialerKey = DialerKey.DIALER
    send_unanswered_first_party: bool = False

    def wants(self, event: EventName) -> bool:
        """Tell whether an event is to be sent."""
        return self.enabled and (self.chosen is None or event in self.chosen)


ADDRESS: Final = "an http(s) URL without user, password, fragment or blanks"


def event_faults(settings: EventSettings, path: str) -> Iterator[SettingsFault]:
    """Find what could never work; `path` is where these settings stand. No fault shows a password or a token."""
    if not is_address(settings.address):
        yield SettingsFault(f"{path}.address", NOT_SHOWN, f"{ADDRESS}{without_scheme(settings.address)}")
    yield from server_faults(settings.address, f"{path}.address")
    if ":" in settings.username:  # RFC 7617, 2: the first colon ends the user name
        yield SettingsFault(f"{path}.username", settings.username, "a name without ':'")
    if settings.password and not settings.username:
        yield SettingsFault(f"{path}.username", "", "a user name to the password")
    if settings.time_zone is not None and zone_or_none(settings.time_zone) is None:
        yield SettingsFault(f"{path}.time_zone", settings.time_zone, "a time zone, as Asia/Tehran")
    yield from delivery_faults(settings.timeout, settings.retry, path)


def is_address(address: str) -> bool:
    """Tell whether a web service can be asked there: an http(s) URL without user, password, fragment or blanks."""
    return is_url(address) and "@" not in urlsplit(address).netloc
