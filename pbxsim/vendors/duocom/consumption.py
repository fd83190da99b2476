"""The consumption API: what was charged from one day to another, narrowed by who called whom, by which access, when.

Its parameters are the vendor's (S17, S18); the report's format is ours (R21).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pbxsim.kit.civil import civil
from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.numbers import SPAIN, as_dialled
from pbxsim.kit.preparation import LONG, preparation, taken
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.charged_legs import ChargedLeg, ChargedLegs
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.settings import Api
from pbxsim.vendors.duocom.template import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.duocom.state import State

    Filter: TypeAlias = Callable[[Mapping[str, str]], bool]

FILTERS: Final = ("llamante", "acceso", "llamado", "ref_id")
PARAMETERS: Final = ("principal", "pass", "finicio", "ffinal", *FILTERS, "tipo_filtro", "tipo_regla")

_AT_ONCE: Final = 64  # legs that are spelt at once
_NOTHING: Final = (None, "")

RULES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "IGUAL": str.__eq__,
    "EMPIEZA": str.startswith,
    "CONTIENE": str.__contains__,
}
"""How a row's value is compared with the one asked for. The names are ours: the vendor's could not be read (R22)."""
JOINS: Final = {"AND": all, "OR": any}


def report(request: Request, state: State) -> Reply:
    """Report the charged legs of the days asked for. Raises Refusal."""
    making = taken(Report, request, state)
    is_still = making.days == days(request.params, state)  # today may be another day by now
    return (making if is_still else Report(request, state)).told()


def prepare_report(request: Request, state: State) -> Iterator[None] | None:
    """Make it ready, where there are many records. Raises Refusal."""
    return preparation(Report(request, state), request) if len(state.pbx.cdrs) > LONG else None


class Report:
    """The report that a request asks for: `days` are when its first begins, and when the one behind its last does.

    Raises Refusal.
    """

    def __init__(self, request: Request, state: State) -> None:
        account = state.admitted(request, Api.CONSUMPTION)
        self.state = state
        self.days = days(request.params, state)
        self._fits = _filter(request.params)
        self._legs = ChargedLegs(state, account, *self.days)
        self._told_of: list[ChargedLeg] | None = None
        self._reply: Reply
        self._lines: dict[int, tuple[ChargedLeg, str]] = {}  # by the charge's id; empty: it is not asked for

    def prepare(self) -> Iterator[None]:
        """Find and spell the legs that have not been yet."""
        yield from self._legs.find()
        legs = self._legs.in_order()
        if legs == self._told_of:
            return
        lines = self._lines
        unspelt = [leg for leg in legs if lines.get(leg.entry.id, _NOTHING)[0] is not leg]
        for place in range(0, len(unspelt), _AT_ONCE):
            for leg in unspelt[place : place + _AT_ONCE]:
                lines[leg.entry.id] = leg, self._line(leg)
            yield
        head = self.state.settings.consumption.head
        self._reply = self.state.reply(f"{head}\n{''.join([lines[leg.entry.id][1] for leg in legs])}")
        self._told_of = legs

    def told(self) -> Reply:
        """Tell of them as they are now."""
        for _ in self.prepare():
            pass
        return self._reply

    def _line(self, leg: ChargedLeg) -> str:
        row = leg.values(self.state)
        return f"{filled(self.state.settings.consumption.row, row)}\n" if self._fits(row) else ""


def days(params: Params, state: State) -> tuple[Instant, Instant]:
    """Read S17's first and last day: the instants at which the first begins and the one behind the last does."""
    today = civil(state.pbx.clock.now, state.zone).date()
    first, last = _day(params, "finicio", today), _day(params, "ffinal", today)
    if first > last:
        raise Refusal(Text.DATE, f"finicio is {first:%d-%m-%Y}, behind ffinal, which is {last:%d-%m-%Y}")
    behind = min(last, date.max - timedelta(days=1)) + timedelta(days=1)
    return wire.midnight(first, state.zone), wire.midnight(behind, state.zone)


def _day(params: Params, name: str, today: date) -> date:
    text = params.text(name)
    found = wire.read_day(text) if text else today
    if found is None:
        raise Refusal(Text.DATE, f"{name} {text!r} is no day DD-MM-YYYY")
    return found


def _filter(params: Params) -> Filter:
    """Read S18: which rows are wanted; all of them where nothing is asked for."""
    join = JOINS.get(params.text("tipo_filtro") or "OR")
    if join is None:
        raise Refusal(Text.FILTER, *word_hint("tipo_filtro", params.text("tipo_filtro"), tuple(JOINS)))
    rule = RULES.get(params.text("tipo_regla") or "IGUAL")
    if rule is None:
        raise Refusal(Text.RULE, *word_hint("tipo_regla", params.text("tipo_regla"), tuple(RULES)))
    asked = {name: as_dialled(params.text(name), SPAIN) for name in params.given(FILTERS)}
    if not asked:
        return lambda row: True
    return lambda row: join(rule(row[name], value) for name, value in asked.items())
