"""Component web services: Extension API, Trunk API and IVR API, by which the customer's server says where a call goes.

How the question is spelt and what an answer means. Carrying it is not done here (pbx/decision.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.decision import Answer, Question, Unusable
from pbxsim.pbx.dialplan import Refused, ToExtension
from pbxsim.vendors.simotel.component_settings import LONGEST_TIMEOUT, ComponentKind
from pbxsim.vendors.simotel.event_settings import Method
from pbxsim.vendors.simotel.numbers import kept_inside

if TYPE_CHECKING:
    from pbxsim.pbx.decision import PendingDecision
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.component_settings import ComponentEntry
    from pbxsim.vendors.simotel.settings import Settings

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST: Final = 255  # characters of a value in an answer
_BUSY: Final = (HangupCause.USER_BUSY, HangupCause.CALL_REJECTED)


def add_components(settings: Settings, pbx: Pbx) -> None:
    """Have the components of these settings ask, wherever the dialplan leads to them."""
    for entry in settings.components:
        pbx.decisions.add(WebComponent(entry, settings, pbx))


class WebComponent:
    """Implements `Component` for an entry of the settings."""

    def __init__(self, entry: ComponentEntry, settings: Settings, pbx: Pbx) -> None:
        self.name = entry.name
        self._entry = entry
        self._settings = settings
        self._pbx = pbx

    def question(self, decision: PendingDecision) -> Question:
        """Ask with the five parameters of the vendor's pages, in their order."""
        entry = self._entry
        fields = {
            "src": decision.src,
            "dst": decision.number,
            "data": entry.data,
            "unique_id": decision.call.unique_id,
            "app_name": entry.name,
        }
        method, content_type, body = self._form(fields)
        return Question(
            method=method.value,
            url=entry.address if body else _with_query(entry.address, _spelt(fields)),
            content_type=content_type,
            body=body,
            timeout=entry.answer_within,
            username=entry.username,
            password=entry.password,
        )

    def answer(self, decision: PendingDecision, status: int, body: bytes) -> Answer:
        """Read the reply: HTTP 200 with a JSON object in which `ok` is 1. Raises Unusable."""
        if status != 200:
            raise Unusable(f"HTTP status {status}")
        fields = _fields(body)
        if self._entry.kind is ComponentKind.EXTENSION:
            return self._extension(fields)
        if self._entry.kind is ComponentKind.TRUNK:
            return self._trunk(fields)
        return self._case(fields, decision.call.order.second_timeout)

    def way_out(self, cause: HangupCause) -> Destination | None:
        """Give what is at output B for a busy extension, if anything is, else at output F."""
        number = (self._entry.busy if cause in _BUSY else "") or self._entry.failure
        return self._pbx.dialplan.resolve(number, self._entry.context) if number else None

    def _form(self, fields: dict[str, str]) -> tuple[Method, str, bytes]:
        """Choose the method, and the body where it has one: JSON, or a form for the older versions of the events."""
        events = self._settings.events
        method = self._entry.method or (Method.POST if events is None else events.method)
        if method is Method.GET:
            return method, "", b""
        if events is None or events.version.posts_json:
            return method, _JSON, msgspec.json.encode(fields)
        return method, _FORM, _spelt(fields).encode()

    def _extension(self, fields: dict[str, object]) -> Answer:
        number = _text(fields, "extension")
        there = self._pbx.dialplan.resolve(number, self._entry.context)
        if not isinstance(there, ToExtension):
            raise Unusable(f"{number!r} is no extension in context {self._entry.context}")
        return Answer(destination=there, ring=self._entry.timeout * SECOND, said={"extension": number})

    def _trunk(self, fields: dict[str, object]) -> Answer:
        trunk, number = _text(fields, "trunk"), _text(fields, "extension")
        if trunk not in self._pbx.directory.trunks:
            raise Unusable(f"there is no trunk {trunk!r}")
        there = kept_inside(self._pbx.dialplan.by_trunk(number, trunk), number, self._settings)
        if isinstance(there, Refused):
            raise Unusable(f"{number!r} may not be dialled (cause {int(there.cause)})")
        limit = _seconds(fields, "call_limit")
        said = {"trunk": trunk, "extension": number} | ({"call_limit": str(limit)} if limit else {})
        return Answer(destination=there, ring=self._entry.timeout * SECOND, talk_limit=limit * SECOND, said=said)

    def _case(self, fields: dict[str, object], ring: Duration) -> Answer:
        case = _text(fields, "case")
        number = self._entry.cases.get(case)
        if number is None:
            raise Unusable(f"there is no case {case!r}")
        there = self._pbx.dialplan.resolve(number, self._entry.context)
        return Answer(destination=there, ring=ring, leaves=True, said={"case": case})


def _with_query(address: str, more: str) -> str:
    """Append to an address's query, which stays as it is."""
    base, _, query = address.partition("?")
    return f"{base}?{'&'.join(part for part in (query.rstrip('&'), more) if part)}"


def _spelt(fields: dict[str, str]) -> str:
    """Spell fields as a query (RFC 3986: a blank is %20, text is UTF-8)."""
    return urlencode(fields, safe="", quote_via=quote)


def _fields(body: bytes) -> dict[str, object]:
    """Read the object of a reply that says `ok`. Raises Unusable."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Unusable("the reply is no JSON object") from None
    if fields.get("ok") not in ("1", 1):
        raise Unusable("`ok` is not 1")
    return fields


def _text(fields: dict[str, object], name: str) -> str:
    """Give a field that is text, or a whole number as its digits. Raises Unusable."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise Unusable(f"`{name}` is missing")
    if len(value) > _LONGEST or not value.isprintable():
        raise Unusable(f"`{name}` is no text of at most {_LONGEST} characters")
    return value


def _seconds(fields: dict[str, object], name: str) -> int:
    """Give a field that is a number of seconds, 0 where it is absent, empty or 0. Raises Unusable."""
    if fields.get(name) in (None, ""):
        return 0
    text = _text(fields, name)
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LONGEST_TIMEOUT)) or int(text) > LONGEST_TIMEOUT:
        raise Unusable(f"`{name}` is no number of seconds up to {LONGEST_TIMEOUT}")
    return int(text)
