"""How an event becomes an HTTP request: which address, what stands in its query or its body, how a moment is spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from pbxsim.kit.civil import civil, local_zone, zone
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import Notice
from pbxsim.vendors.simotel.event_settings import TIME_ZONE, EventName, Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.event_settings import EventSettings

RECEIVER: Final = "simotel"
"""The one receiver that Simotel has on a PBX."""

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class Poster:
    """Posts events as the settings of a PBX want them; those that are not chosen it drops."""

    def __init__(self, settings: EventSettings, pbx: Pbx) -> None:
        self.settings = settings
        self._bus = pbx.events
        is_local = settings.client_api_use_local_timezone
        self._zone = local_zone(settings.time_zone, pbx, TIME_ZONE) if is_local else zone("UTC")

    def post(self, event: EventName, fields: Mapping[str, object], call: int = 0) -> None:
        """Tell of an event now. `fields` come behind `event_name`, in their order; `call` is the one it is about."""
        if self.settings.wants(event):
            name = self.settings.cdr_name.value if event is EventName.CDR else event.value
            self._bus.emit(NoticePosted(self._notice(name, {"event_name": name, **fields}, call)))

    def moment(self, instant: Instant) -> str:
        """Spell a moment: `2021-01-16 06:30:37.471398`."""
        return civil(instant, self._zone).replace(tzinfo=None).isoformat(" ", "microseconds")

    def _notice(self, name: str, fields: Mapping[str, object], call: int) -> Notice:
        settings = self.settings
        if settings.method is Method.GET:
            url = self._url(name, _form(fields))
            return Notice(receiver=RECEIVER, event=name, call=call, method="GET", url=url)
        json = settings.version.posts_json
        return Notice(
            receiver=RECEIVER,
            event=name,
            call=call,
            method="POST",
            url=self._url(name, ""),
            content_type=_JSON if json else _FORM,
            body=msgspec.json.encode(fields) if json else _form(fields).encode(),
        )

    def _url(self, name: str, more: str) -> str:
        """Give the address with what is appended to its path and to its query; what it has stays as it is."""
        base, _, query = self.settings.address.partition("?")
        if self.settings.version.names_event_in_path:
            base = f"{base.rstrip('/')}/{name}"
        queries = "&".join(part for part in (query.rstrip("&"), more) if part)
        return f"{base}?{queries}" if queries else base


def ids(call: Call) -> dict[str, str]:
    """Give a call's id under both names that the vendor has for it."""
    name = call.unique_id
    return {"unique_id": name, "cuid": name}


def originated(vendor: str, reference: str) -> dict[str, str]:
    """Give the id that `call/originate/act` gave; nothing for any other call."""
    return {"originated_call_id": reference} if vendor == "simotel" and reference else {}


def _form(fields: Mapping[str, object]) -> str:
    """Spell fields as a query (RFC 3986: a blank is %20, text is UTF-8); what is nested is JSON text."""
    return "&".join(f"{quote(name, safe='')}={quote(_text(value), safe='')}" for name, value in fields.items())


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else msgspec.json.encode(value).decode()
