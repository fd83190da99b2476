"""What VUM's interface has of one PBX: the PBX, the settings, whose key a request carries, which numbers are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import seconds
from pbxsim.kit.civil import local_zone
from pbxsim.kit.holders import Holders
from pbxsim.kit.numbers import CZECHIA, as_dialled
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.reply import Reply
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.vum.errors import TEXTS, Text
from pbxsim.vendors.vum.settings import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.params import Params
    from pbxsim.kit.request import Request
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.vum.settings import Key, Settings


def carries(request: Request) -> tuple[tuple[str, ...], ...]:
    """Give the activation key in a request, as `settings.credentials` gives those that there are."""
    return (("key", request.params.text("klic")),)


class State:
    """VUM on one PBX.

    `own_numbers` are those of each account, however they are written (R10). `shown` is what somebody else sees of a
    key's own number, by key (R7). `ring` is how long either party is rung.
    """

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self.zone = local_zone(settings.time_zone, pbx, TIME_ZONE)
        self.texts = TEXTS | settings.texts
        self.ring = seconds(settings.ring_seconds)
        self.shown = {key.key: CallerId(self._outside(key.own)) for key in settings.keys if key.own}
        self._keys = Holders((key, (key.key,)) for key in settings.keys)
        self._content_type = f"text/html; charset={settings.charset}"
        self._accepted = self.reply(self.texts[Text.ACCEPTED]).body
        self.own_numbers = {account: frozenset(self._numbers_of(account)) for account in pbx.accounts}

    def key_or_none(self, params: Params) -> Key | None:
        """Find the activation key that a request carries."""
        return self._keys.find(params.get("klic", ""))

    def key(self, params: Params) -> Key:
        """Find the activation key that a request carries. Raises Refusal if it is none of this PBX's."""
        found = self.key_or_none(params)
        if found is None:
            raise Refusal(Text.UNKNOWN_KEY, "no activation key of this PBX is the one in klic")
        return found

    def resolve(self, number: str) -> Destination:
        """Find where a number leads, dialled as in Czechia (R6)."""
        return self.pbx.dialplan.resolve(as_dialled(number, CZECHIA), self.settings.context)

    def reply(self, text: str, *, code: str = "") -> Reply:
        """Make a reply of a text, in the character set of R2."""
        body = text.encode(self.settings.charset, "replace")
        return Reply(body=body, content_type=self._content_type, code=code)

    def accepted(self, call: Call) -> Reply:
        """Say that a call was taken."""
        return Reply(body=self._accepted, content_type=self._content_type, call=call.number)

    def _outside(self, number: str) -> str:
        """Give what a number shows outside: where it is an extension's, its outside number."""
        leads = self.resolve(number)
        return leads.extension.outside_number if isinstance(leads, ToExtension) else number

    def _numbers_of(self, account: str) -> Iterator[str]:
        yield from self.settings.numbers.get(account, ())
        for key in self.settings.keys:
            if key.account == account and key.own:
                yield key.own
                own = self.resolve(key.own)
                if isinstance(own, ToExtension):
                    yield from (own.extension.internal, *own.extension.public, own.extension.outside_number)
