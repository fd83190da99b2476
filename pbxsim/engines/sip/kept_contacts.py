"""Where telephones are, over a restart of the server: kept in the PBX's database until their time is over.

As Asterisk keeps them there (res_pjsip_registrar.c, `registrar/contact`): a server that was away for a moment rings
those that have registered before, and knows of those whose time was over meanwhile that they are gone. A contact on a
connection ends with it (`prune_on_boot`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.registrar import Binding
from pbxsim.pbx.astdb import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.pbx.pbx import Pbx

FAMILY: Final = "registrar/contact"


class ContactSaid(msgspec.Struct, frozen=True):
    """One contact, by way of datagrams; `ends_at` is an Instant of the PBX's clock. `host` is an address, no name."""

    uri: str
    host: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F.:]+(%[^\s]+)?$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)]
    ends_at: int
    quality: float
    call_id: str
    sequence: int
    instance: str
    user_agent: str


class ContactsSaid(msgspec.Struct, frozen=True):
    """The contacts of a user for whom a telephone has registered once; none: it is not there."""

    user: str
    contacts: list[ContactSaid]


class KeptContacts:
    """Those of a PBX. `now` is the time of the registrar, in seconds; a contact lasts for `longest` more at most."""

    def __init__(self, pbx: Pbx, now: Callable[[], float], longest: int) -> None:
        self._pbx = pbx
        self._now = now
        self._longest = longest

    def keep(self, user: str, contacts: Sequence[Binding]) -> None:
        """Keep the contacts of a user."""
        said = [self._said(one) for one in contacts if not one.flow.connection]
        self._pbx.database.put(FAMILY, key_of(user), ContactsSaid(user, said))

    def all(self) -> dict[str, list[Binding]]:
        """Give those whose time is not over, by user; of who has none, that it had some."""
        return {
            said.user: [self._read(one) for one in said.contacts if one.ends_at > self._pbx.clock.now]
            for _, said in self._pbx.database.family(FAMILY, ContactsSaid)
        }

    def _said(self, one: Binding) -> ContactSaid:
        left = round((one.ends_at - self._now()) * SECOND)
        return ContactSaid(
            uri=one.uri,
            host=one.flow.host,
            port=one.flow.port,
            ends_at=self._pbx.clock.now + left,
            quality=one.quality,
            call_id=one.call_id,
            sequence=one.sequence,
            instance=one.instance,
            user_agent=one.user_agent,
        )

    def _read(self, said: ContactSaid) -> Binding:
        left = min((said.ends_at - self._pbx.clock.now) / SECOND, self._longest)
        return Binding(
            uri=said.uri,
            flow=Flow("UDP", said.host, said.port),
            ends_at=self._now() + left,
            quality=said.quality,
            call_id=said.call_id,
            sequence=said.sequence,
            instance=said.instance,
            user_agent=said.user_agent,
        )
