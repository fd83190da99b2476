"""A small PBX over a scripted engine, with a referee who watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.events import CallEnded, CdrClosed, LegEnded
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line
from pbxsim.testing.referee import Referee
from pbxsim.testing.scripted_engine import ScriptedEngine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cause import Disposition
    from pbxsim.testing.scripted_engine import Deed

LONGEST = 600 * SECOND


def small_office() -> Office:
    """Give a PBX with telephone 100, 101 on three telephones, and a trunk for four."""
    forked = extension("101", line("desk"), line("mobile"), line("home"), public=["299299101"])
    return Office(extension("100"), forked, trunks=[Trunk(id=1, name="upc", capacity=4)], longest_talk=LONGEST)


def played(
    office: Office,
    *,
    dial: Iterable[Deed] = (),
    connect: Iterable[Deed] = (),
    hang_up: Iterable[Deed] = (),
) -> tuple[ScriptedEngine, Referee]:
    """Let such an engine decide, and a referee watch."""
    engine = ScriptedEngine(office.pbx, dial=dial, connect=connect, hang_up=hang_up)
    office.use_engine(engine)
    return engine, Referee(office.pbx)


def ends_once(office: Office, call: Call, referee: Referee) -> Disposition:
    """See the call to its end, and that it ended once; give what its record says."""
    office.finish()
    referee.check()
    assert call.state is CallState.ENDED
    assert office.kinds_heard().count(CallEnded) == 1
    assert office.kinds_heard().count(CdrClosed) == 1
    assert office.kinds_heard().count(LegEnded) == len(call.legs)
    return office.cdr(call).disposition
