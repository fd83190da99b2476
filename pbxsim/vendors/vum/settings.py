"""What a PBX file may say under `vendors: vum:`, and what in it would contradict the rest of the file."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Literal

import msgspec

from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.headers import is_origin
from pbxsim.kit.later import later
from pbxsim.kit.numbers import CZECHIA, as_dialled
from pbxsim.kit.reach import reachable
from pbxsim.kit.receiving import delivery_faults, is_url, server_faults, without_scheme
from pbxsim.kit.values import Lines
from pbxsim.kit.vendor import NOT_SHOWN, Credential, SettingsFault
from pbxsim.pbx.notice import Retry
from pbxsim.pbx.pbx import Pbx
from pbxsim.vendors.vum.errors import Text

_has_place_in_server: Final = later("pbxsim.vendors.vum.placeholders", "has_place_in_server")  # few have a notice

SAMPLE: Final = """\
    context: office
    keys: # activation keys; what each is for: the vendor's README, S2 to S5
      - {key: GIVENFIRST01, kind: given_first, account: main, own: "222333444"}
      - {key: OWNFIRST0001, kind: own_first, account: main, own: "222333444"}
      - {key: CALLBACK0001, kind: callback, account: main}
      - {key: INFO00000001, kind: info, account: main}
    # hangup_notices:
    #   - {number: "222333444", url: "http://127.0.0.1:9000/call?from=s%&to=d%&state=i%"}
"""
"""What `pbxsim init` writes of this vendor."""

TIME_ZONE: Final = "Europe/Prague"
"""Where nobody says another: where the vendor is."""


class KeyKind(StrEnum):
    """What an activation key is for (README, S2 to S5)."""

    GIVEN_FIRST = "given_first"  # "Volání na zadané číslo a spojení na vlastní"
    OWN_FIRST = "own_first"  # "Volání na vlastní a spojení na zadané číslo"
    CALLBACK = "callback"
    INFO = "info"

    @property
    def is_click_to_call(self) -> bool:
        """Tell whether keys of this kind are meant to stand in a public page."""
        return self in _CLICK_TO_CALL


_CLICK_TO_CALL: Final = (KeyKind.GIVEN_FIRST, KeyKind.OWN_FIRST)


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An activation key. Its calls are charged to `account`.

    `own` is the number that a click-to-call key connects to; a callback key may have one, which its parties then see.
    `origins` are the pages' origins, e.g. `https://www.example.com`, that a browser may use a click-to-call key from.
    """

    key: str
    kind: KeyKind
    account: str
    own: str = ""
    origins: tuple[str, ...] = ()


class HangupNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A URL that is called after each call of a number: its placeholders are in the README, S12.

    For example `{number: "226200200", url: "https://crm.example.com/hovor?kdo=s%&komu=d%&stav=i%"}`.

    `timeout`: how many seconds a try may take. `retry`: when a try that failed is made again, in seconds of the PBX's
    clock; `{give_up: 0}` tries once.
    """

    number: str
    url: str
    timeout: float = 5
    retry: Retry = Retry()


class DateForm(StrEnum):
    """How the date of a balance is spelt."""

    ISO = "iso"  # 2026-01-31 09:05:00
    CZECH = "czech"  # 31.1.2026 9:05


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """VUM on one PBX.

    Numbers are dialled in `context`.
    `numbers` are numbers of an account beyond its keys' own ones: calls to them are its incoming calls.
    `time_zone` (IANA name) is the one of all its moments; absent: the PBX's, and if it has none, Europe/Prague.
    `ring_seconds` is how long either party is rung. `balance_delay_seconds` after a call `typ=1` tells what it cost.
    `texts`: other wordings, by the names in errors.py. `hangup_notices`: whom to tell when a number's call has ended.
    """

    keys: tuple[Key, ...] = ()
    context: str
    numbers: dict[str, tuple[str, ...]] = {}
    ring_seconds: float = 30
    time_zone: str | None = None
    charset: Literal["utf-8", "windows-1250", "iso-8859-2"] = "utf-8"
    decimal_separator: Literal[".", ","] = "."
    balance_date: DateForm = DateForm.ISO
    balance_delay_seconds: float = 0
    texts: dict[Text, Lines] = {}
    hangup_notices: tuple[HangupNotice, ...] = ()


def credentials(settings: Settings) -> Iterator[Credential]:
    """Give each activation key."""
    for index, key in enumerate(settings.keys):
        yield Credential(f"keys[{index}]", frozenset({("key", key.key)}))


def faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find what contradicts the rest of the PBX file, or could never work."""
    if not pbx.dialplan.knows(settings.context):
        yield SettingsFault("context", settings.context, "the name of a context or a dialplan of this file")
    if settings.time_zone is not None and zone_or_none(settings.time_zone) is None:
        yield SettingsFault("time_zone", settings.time_zone, "an IANA time zone, as Europe/Prague")
    seen: set[str] = set()
    for index, key in enumerate(settings.keys):
        yield from _key_faults(key, f"keys[{index}]", settings, pbx)
        if not key.key or key.key in seen:
            yield SettingsFault(f"keys[{index}].key", key.key, "a key that no other entry has, not empty")
        seen.add(key.key)
    for account in settings.numbers:
        if account not in pbx.accounts:
            yield SettingsFault(f"numbers.{account}", account, "the name of one of the file's accounts")
    yield from _value_faults(settings)
    yield from _notice_faults(settings, pbx)


def _key_faults(key: Key, path: str, settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    if key.account not in pbx.accounts:
        yield SettingsFault(f"{path}.account", key.account, "the name of one of the file's accounts")
    if (key.own or key.kind.is_click_to_call) and not _leads_somewhere(key.own, settings.context, pbx):
        yield SettingsFault(f"{path}.own", key.own, f"a number that leads somewhere in context {settings.context}")
    if key.origins and not key.kind.is_click_to_call:
        yield SettingsFault(f"{path}.origins", list(key.origins), f"none: a key of kind {key.kind} stays off pages")
    for index, origin in enumerate(key.origins):
        if not is_origin(origin):
            yield SettingsFault(f"{path}.origins[{index}]", origin, "scheme and host, as https://www.example.com")


def _leads_somewhere(number: str, context: str, pbx: Pbx) -> bool:
    if not pbx.dialplan.knows(context):
        return True  # that is the fault, and it is told once
    return any(reachable(pbx.dialplan, context, [as_dialled(number, CZECHIA)]))


def _value_faults(settings: Settings) -> Iterator[SettingsFault]:
    if settings.ring_seconds <= 0:
        yield SettingsFault("ring_seconds", settings.ring_seconds, "more than 0")
    if settings.balance_delay_seconds < 0:
        yield SettingsFault("balance_delay_seconds", settings.balance_delay_seconds, "0 or more")
    for text, wording in settings.texts.items():
        try:
            wording.encode(settings.charset)
        except UnicodeEncodeError:
            yield SettingsFault(f"texts.{text}", wording, f"characters that {settings.charset} has")


def _notice_faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find notices that could never come; no fault shows a URL, which may have a password in it."""
    seen: set[str] = set()
    for index, notice in enumerate(settings.hangup_notices):
        path = f"hangup_notices[{index}]"
        if not _leads_somewhere(notice.number, settings.context, pbx):
            expected = f"a number that leads somewhere in context {settings.context}"
            yield SettingsFault(f"{path}.number", notice.number, expected)
        if notice.number in seen:
            yield SettingsFault(f"{path}.number", notice.number, "a number that no other entry has")
        seen.add(notice.number)
        if _has_place_in_server(notice.url):
            yield SettingsFault(f"{path}.url", NOT_SHOWN, "a URL whose server is written out, without a placeholder")
        elif not is_url(notice.url):
            yield SettingsFault(
                f"{path}.url",
                NOT_SHOWN,
                f"an http(s) URL without a fragment, blanks or letters beyond ASCII{without_scheme(notice.url)}",
            )
        yield from server_faults(notice.url, f"{path}.url")
        yield from delivery_faults(notice.timeout, notice.retry, path)
