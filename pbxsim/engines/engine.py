"""The contract between pbxsim and an engine package: one declaration, and what it opens on each PBX it serves.

A package (ours under `pbxsim.engines`, anybody's through the entry-point group `pbxsim.engines`) offers an object
`declaration`, and nothing else is edited to add one. Not here: what the switch asks of an engine (pbx/engine.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
    from ssl import SSLContext

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.finding import Finding
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.engine import CallEngine
    from pbxsim.pbx.handset import Handset
    from pbxsim.pbx.pbx import Pbx


class EngineUnreachable(Exception):
    """What an engine works with (a server, an account, a device) cannot be had; says what, in one sentence."""


class Present(Protocol):
    """The PBX's present, for an engine whose telephones act by themselves."""

    def __call__(self, act: Callable[[], object]) -> None:
        """Bring the PBX's clock to where it should stand, call `act`, and see to whatever became due by it.

        Every report and every call that comes of something outside (and not of a timer of the PBX's clock) goes in
        here; without, it would happen in the PBX's past.
        """
        ...


class SipAccount(msgspec.Struct, frozen=True, kw_only=True):
    """How a real telephone registers as a line: at `server`, a host, with `:port` where that is not 5060.

    `ws` is the WebSocket's URL at which one in a browser does, `tls` the host and port for TLS; empty: there is none.
    """

    server: str
    user: str
    secret: str
    ws: str = ""
    tls: str = ""

    @property
    def uri(self) -> str:
        """Spell the address of record (RFC 3261, 19.1.1)."""
        return f"sip:{quote(self.user, safe='')}@{self.server}"

    @property
    def uri_with_secret(self) -> str:
        """Spell all that a softphone must know to register, which many read from a QR code (RFC 3261, 19.1.1)."""
        return f"sip:{quote(self.user, safe='')}:{quote(self.secret, safe='')}@{self.server}"


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A message between the engine and a real telephone, in a line without secrets.

    `channel` is the leg's it is about; `came`: the telephone sent it.
    """

    at: Instant
    channel: str
    came: bool
    text: str


class Measure(msgspec.Struct, frozen=True):
    """A number for Prometheus: `name` begins with `pbxsim_`, `words` say what it counts.

    `is_total`: it only ever grows while the engine lives, and is shown with `_total` behind its name.
    """

    name: str
    words: str
    value: float
    is_total: bool = False


class Opened(msgspec.Struct, eq=False):
    """An engine on one PBX. `handset` touches its telephones, where a program can. Packages may add to it.

    `account_of` tells how a real telephone registers as the line of a SIP user, None: that line is acted. Where there
    is no `account_of`, all are. `signals_of` gives what went between it and the telephones of a call, oldest first;
    `measures` what `/metrics` says of it, the same names each time.
    """

    engine: CallEngine
    handset: Handset | None = None
    account_of: Callable[[str], SipAccount | None] | None = None
    signals_of: Callable[[Call], Sequence[Signal]] | None = None
    measures: Callable[[], Sequence[Measure]] | None = None


class Section(msgspec.Struct, frozen=True):
    """A section of a PBX file that belongs to an engine.

    `form` is the type of what may stand there, as msgspec decodes it (a frozen Struct that forbids unknown fields, or
    `Annotated` with a description); `default` counts where the section is absent. Lists of sections have it behind the
    one named `after`, or at the end.
    """

    form: Any
    default: Any = None
    after: str = ""


def _no_faults(_plain: object, _names: Mapping[str, Collection[str]]) -> Iterable[Finding]:
    return ()


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """An engine's declaration.

    `name` is lower case, what `--engine` takes; `title` says in a few words who decides. `sections` are those of a PBX
    file that belong to it, by name. A file may have the sections of every engine that is installed, so that one file
    serves them all; each gets its own, and those of others that it `borrows`, by name.

    `check` looks for what cannot be in a file that it is to serve. It gets the whole file as dicts, lists and scalars,
    of which any part may have a wrong form (that is told by others), and the names that entries may refer to, by kind,
    as `a trunk`, `a public number`, `the SIP user of a line`.

    `open` makes what the switch calls, from its sections' contents by name; the PBX has no engine yet, and does not
    wait for it: whatever takes time, or may fail, belongs in `start`. That is awaited when the PBX begins to live, with
    what `open` gave; it raises EngineUnreachable. `close` is awaited at the end of what `start` began or tried. Between
    `open` and `start`, after `close`, and while its work is out of reach, an engine may be asked all the same; it then
    reports that the leg has failed. When a PBX begins anew, the engine before is closed, then the new one started.

    `keeps` are the classes and enumerations of its own of which it keeps objects as calls go by, facts made of fields
    alone, and `timers` what it has the PBX's clock call: a snapshot of a PBX may hold these.

    `trouble` says of what `open` gave why its work is out of reach now, in one sentence; empty: it is not. None:
    it never is.

    `secured` is told with what the server speaks TLS, None: not at all, before any PBX begins to live. None: the engine
    has no use for it.

    `can_hold_clock`: the PBX's clock may stand still, go faster or be moved on. Where telephones live in real time it
    is False; the clock then goes at rate 1, or the PBX is not served.
    """

    name: str
    title: str
    open: Callable[[Mapping[str, Any], Pbx], Opened]
    sections: Mapping[str, Section] = {}
    borrows: tuple[str, ...] = ()
    check: Callable[[object, Mapping[str, Collection[str]]], Iterable[Finding]] = _no_faults
    start: Callable[[Any, Present], Awaitable[None]] | None = None
    close: Callable[[Any], Awaitable[None]] | None = None
    trouble: Callable[[Any], str] | None = None
    secured: Callable[[SSLContext | None], None] | None = None
    can_hold_clock: bool = True
    keeps: tuple[type, ...] = ()
    timers: tuple[Callable[..., None], ...] = ()

    def __deepcopy__(self, memo: object) -> Engine:
        """Give itself: a PBX and its copy have the same engine's package behind them."""
        return self
