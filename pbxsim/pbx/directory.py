"""Who is connected: extensions with their lines, trunks, routes, numbering plans, contexts; and how each is found.

A directory does not change while the PBX runs, but for what telephones say of themselves (they register, and are told
to refuse or divert calls), and what each line and trunk is busy with. What a number *means* is in dialplan.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx.errors import AmbiguousExtension, DialplanNotFound, ExtensionNotFound, OutboundRouteNotFound
from pbxsim.pbx.events import DiversionChanged, DoNotDisturbChanged, LineRegistered, LineUnregistered
from pbxsim.pbx.extension_index import ExtensionIndex, indexed
from pbxsim.pbx.routes import Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.extension import Diversion, Extension, Line, Registration
    from pbxsim.pbx.feature import Feature
    from pbxsim.pbx.routes import Did, NumberingPlan, OutboundRoute, Trunk


class Directory:
    """All of the above with its lookups. Duplicate ids, users, names and public numbers are the builder's to refuse.

    `bus` is the PBX's, from when it has this directory on: what telephones say of themselves is told there.
    `before` is another whose extensions are these, too, but for those given here (extension_index.py).
    """

    def __init__(
        self,
        *,
        extensions: Sequence[Extension] = (),
        before: Directory | None = None,
        trunks: Sequence[Trunk] = (),
        routes: Sequence[OutboundRoute] = (),
        dialplans: Sequence[NumberingPlan] = (),
        contexts: Sequence[Context] = (),
        dids: Sequence[Did] = (),
        features: Sequence[Feature] = (),
    ) -> None:
        self.bus: EventBus
        self.features = tuple(features)
        self.trunks = {trunk.name: trunk for trunk in trunks}
        self.routes = tuple(routes)
        self.dialplans = {plan.name: plan for plan in dialplans}
        plans = {plan.name: Context(name=plan.name, dialplan=plan.name, routes=self.routes) for plan in dialplans}
        self.contexts = plans | {context.name: context for context in contexts}
        self.dids = {did.number: did for did in dids}
        index = indexed(extensions, None if before is None else before.index)
        self.extensions, self._by_id, self._by_public, self._by_internal = index
        self.lines: dict[str, Line] = {} if before is None else before.lines.copy()
        for extension in extensions:
            for line in extension.lines:
                self.lines[line.user] = line
                line.extension = extension

    @property
    def index(self) -> ExtensionIndex[Extension]:
        """Give its extensions by all that they are found by."""
        return self.extensions, self._by_id, self._by_public, self._by_internal

    # -- what telephones say of themselves ------------------------------------------------------------------------

    def register(self, line: Line, registration: Registration) -> None:
        """Note where a telephone is registered from now on; tell so if it was not, or was elsewhere (host or port).

        An engine calls it as often as it likes: a refreshed registration, or another `status`, is noted and no event.
        Raises ValueError for a registration without a host.
        """
        if not registration.host:
            raise ValueError(f"{line.user} cannot be registered from nowhere")
        before, line.registration = line.registration, registration
        if (before.host, before.port) != (registration.host, registration.port):
            self.bus.emit(LineRegistered(line))

    def unregister(self, line: Line) -> None:
        """Note that a telephone is registered no more, and tell so; nothing happens if it was not.

        All else that is known of it stays. Its calls go on: what becomes of those that ring there, the engine reports.
        """
        before = line.registration
        if not before.host:
            return
        status = "UNKNOWN" if before.status else ""  # an account that is not monitored stays so
        line.registration = msgspec.structs.replace(before, host="", port=0, status=status)
        self.bus.emit(LineUnregistered(line))

    def do_not_disturb(self, line: Line, *, on: bool) -> None:
        """Note that a telephone refuses every call from now on, or takes calls again; tell so if that is new."""
        if line.do_not_disturb != on:
            line.do_not_disturb = on
            self.bus.emit(DoNotDisturbChanged(line))

    def divert(self, line: Line, diversion: Diversion | None) -> None:
        """Note where calls to a telephone go instead from now on, None: they do not; tell so if that is new."""
        if line.diversion != diversion:
            line.diversion = diversion
            self.bus.emit(DiversionChanged(line))

    # -- lookups --------------------------------------------------------------------------------------------------

    def public(self, number: str) -> Extension:
        """Find the extension with that public number. Raises ExtensionNotFound."""
        return _found(self._by_public.get(number))

    def public_or_none(self, number: str) -> Extension | None:
        """Find the extension with that public number, if it is one of ours."""
        return self._by_public.get(number)

    def by_id(self, extension_id: int) -> Extension:
        """Find the extension with that id (VoIPSUN: column `id` of table `extensions`). Raises ExtensionNotFound."""
        return _found(self._by_id.get(extension_id))

    def line(self, user: str) -> Line:
        """Find the line with that SIP user name. Raises ExtensionNotFound."""
        line = self.lines.get(user)
        if line is None:
            raise ExtensionNotFound
        return line

    def internal(self, number: str, dialplan: str | None = None) -> Extension:
        """Find an internal number, in one numbering plan or, with None, in any if only one has it.

        Raises DialplanNotFound, ExtensionNotFound, AmbiguousExtension (several plans have it and none was named).
        """
        if dialplan is not None and dialplan not in self.dialplans:
            raise DialplanNotFound(dialplan)
        having = self._by_internal.get(number, [])
        found = having if dialplan is None else [extension for extension in having if extension.dialplan == dialplan]
        if not found:
            raise ExtensionNotFound
        if len(found) > 1:
            raise AmbiguousExtension(number)
        return found[0]

    def internal_or_none(self, number: str, dialplan: str) -> Extension | None:
        """Find an internal number of that numbering plan, if there is one."""
        for extension in self._by_internal.get(number, ()):
            if extension.dialplan == dialplan:
                return extension
        return None

    def route(self, name: str) -> OutboundRoute:
        """Find the outbound route with that name. Raises OutboundRouteNotFound."""
        return self._route(route for route in self.routes if route.name == name)

    def route_by_id(self, route_id: int) -> OutboundRoute:
        """Find the outbound route with that id (VoIPSUN: table `outroute`). Raises OutboundRouteNotFound."""
        return self._route(route for route in self.routes if route.id == route_id)

    @staticmethod
    def _route(found: Iterable[OutboundRoute]) -> OutboundRoute:
        route = next(iter(found), None)
        if route is None:
            raise OutboundRouteNotFound
        return route


def _found(extension: Extension | None) -> Extension:
    if extension is None:
        raise ExtensionNotFound
    return extension
