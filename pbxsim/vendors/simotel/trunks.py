"""`pbx/trunks/search`: the ways out, as Simotel shows its trunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import read_fields
from pbxsim.vendors.simotel.object_ids import object_id
from pbxsim.vendors.simotel.search_words import read_search

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.directory import Trunk
    from pbxsim.vendors.simotel.state import State


def search_trunks(request: Request, state: State) -> Reply:
    """Give the trunks that a search asks for. Raises Refusal."""
    search = read_search(read_fields(request.body), ("name",), state.settings)
    trunks = state.pbx.directory.trunks.values()
    return wire.done([_shown(trunk) for trunk in trunks if search.fits("name", trunk.name)], hints=search.hints)


def _shown(trunk: Trunk) -> dict[str, str]:
    """Spell a trunk: in the vendor's order; what the switch does not know is as in the vendor's sample (R202)."""
    return {
        "_id": object_id("trunk", trunk.id),
        "trunk_type": "SIP",
        "name": trunk.name,
        "register_string": "",
        "active": "yes",
        "deny": "0.0.0.0/0.0.0.0",
        "permit": "0.0.0.0/0.0.0.0",
        "dtmfmode": "rfc2833",
        "canreinvite": "no",
        "directmedia": "no",
        "context": "from-pstn",
        "host": trunk.registration.host,
        "type": "friend",
        "nat": "force_rport,comedia",
        "port": str(trunk.registration.port or 5060),
        "qualify": "yes",
        "insecure": "port,invite",
        "disallow": "all",
        "allow": "ulaw,alaw",
        "more_options": "",
        "description": "",
        "date": "1399-12-10 15:05:16",
    }
