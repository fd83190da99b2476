"""What a PBX file says of menus: what a caller hears, and where the digits lead that are pressed then."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import SECOND, Duration, seconds
from pbxsim.config.destinations import DestinationEntry
from pbxsim.config.numbering import NO_PLAN
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import mappings, texts, value_at
from pbxsim.kit.values import Name, Seconds, SomeSeconds
from pbxsim.pbx.menu import Menu

A_WORD: Final[Duration] = SECOND * 60 // 150
"""How long a word of an announcement takes: 150 words a minute, as fast as audio books are read."""

_ROUND: Final = "somewhere from which a caller who presses nothing does not come back to this menu"

_Node: TypeAlias = tuple[str, str]  # a menu or opening hours, by name
_Lead: TypeAlias = tuple[Path, _Node]  # where the file says so, and where a caller comes

Digits: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9*#A-D]{1,20}$", title='what is pressed, as text of 0-9, *, # and A-D: "1"')
]

Announcement: TypeAlias = Seconds | Annotated[str, Meta(min_length=1, max_length=4_000, title="what is said, as text")]


def length(announcement: float | str) -> Duration:
    """Tell how long an announcement takes: so many seconds, or 0.4 s for each word of a text."""
    if isinstance(announcement, str):
        return len(announcement.split()) * A_WORD
    return seconds(announcement)


class MenuEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A menu (IVR): it answers, says what there is to choose from, and sends the caller where the digits lead."""

    name: Annotated[Name, Meta(description="Also its context in call records.")]
    digits: Annotated[
        dict[Digits, DestinationEntry], Meta(description="Where what is pressed leads; one digit or several.")
    ] = {}
    say: Annotated[
        Announcement,
        Meta(
            description="Length of the announcement in seconds, or its text, of which each word takes 0.4 s.",
            extra={"lines": True},
        ),
    ] = 0
    dialplan: Annotated[
        Name, Meta(description="Whose internal numbers can be dialled straight, besides `digits`; absent: none.")
    ] = ""
    context: Annotated[
        Name | None,
        Meta(description="Context or dialplan in which numbers are looked up; absent: the file's first dialplan."),
    ] = None
    response_timeout: Annotated[
        SomeSeconds, Meta(description="How long the first digit is waited for behind the announcement.")
    ] = 10
    digit_timeout: Annotated[
        SomeSeconds, Meta(description="How long each further digit is waited for, where a longer number may come.")
    ] = 5
    tries: Annotated[
        int, Meta(ge=1, le=100, description="How often it is heard before `invalid` or `timeout` count.")
    ] = 1
    invalid: Annotated[
        DestinationEntry | None, Meta(description="For whoever pressed what leads nowhere; absent: hung up.")
    ] = None
    timeout: Annotated[DestinationEntry | None, Meta(description="For whoever pressed nothing; absent: hung up.")] = (
        None
    )

    def menu(self, first_dialplan: str) -> Menu:
        """Make the switch's own of it."""
        return Menu(
            name=self.name,
            context=self.context or first_dialplan,
            digits={digits: entry.step() for digits, entry in self.digits.items()},
            dialplan=self.dialplan,
            say=length(self.say),
            response_timeout=seconds(self.response_timeout),
            digit_timeout=seconds(self.digit_timeout),
            tries=self.tries,
            invalid=self.invalid.step() if self.invalid else None,
            timeout=self.timeout.step() if self.timeout else None,
        )


def menu_faults(plain: object) -> Iterator[Finding]:
    """Find menus that offer nothing, and those in which a caller who does nothing goes round for ever."""
    for path, menu in mappings(plain, "menus.*"):
        if not menu.get("digits") and not menu.get("dialplan"):
            yield Finding(
                path, msgspec.UNSET, "`digits` that lead somewhere, or a `dialplan` whose numbers can be dialled"
            )
    yield from _circles(plain)


def _circles(plain: object) -> Iterator[Finding]:
    """Find time-outs that lead from menu to menu and back, without a digit that anybody must press."""
    leads = {_menu(name): [lead] for name, lead in _time_outs(plain)}
    for name, lead in _by_hours(plain):
        leads.setdefault(_hours(name), []).append(lead)
    for start in [node for node in leads if node[0] == "menu"]:
        ((path, to),) = leads[start]
        if start in _reached(to, leads):
            yield Finding(path, value_at(plain, path), _ROUND)


def _time_outs(plain: object) -> Iterator[tuple[str, _Lead]]:
    """Give menus by name with where their time-outs lead: to a menu or to opening hours."""
    numbers = _menus_by_number(plain)
    first = next((name for _, name in texts(plain, "dialplans.*.name")), NO_PLAN)
    for path, menu in mappings(plain, "menus.*"):
        match menu:
            case {"name": str(name), "timeout": {"menu": str(to)}}:
                yield name, ((*path, "timeout", "menu"), _menu(to))
            case {"name": str(name), "timeout": {"hours": str(to)}}:
                yield name, ((*path, "timeout", "hours"), _hours(to))
            case {"name": str(name), "timeout": {"dial": str(number)}}:
                context = menu.get("context") or first
                if (context, number) in numbers:
                    yield name, ((*path, "timeout", "dial"), _menu(numbers[context, number]))


def _by_hours(plain: object) -> Iterator[tuple[str, _Lead]]:
    """Give opening hours by name with each menu and each other opening hours to which a period of theirs leads."""
    for path, entry in mappings(plain, "hours.*"):
        for period in ("open", "closed", "holiday"):
            match entry:
                case {"name": str(name)}:
                    for _, to in texts(entry, f"{period}.menu"):
                        yield name, ((*path, period, "menu"), _menu(to))
                    for _, to in texts(entry, f"{period}.hours"):
                        yield name, ((*path, period, "hours"), _hours(to))


def _menu(name: str) -> _Node:
    return "menu", name


def _hours(name: str) -> _Node:
    return "hours", name


def _menus_by_number(plain: object) -> dict[tuple[object, object], str]:
    """Give the menus to which a context leads by a number that is no pattern, by both."""
    found: dict[tuple[object, object], str] = {}
    for _, context in mappings(plain, "contexts.*"):
        for path, menu in texts(context, "entries.*.menu"):
            found[context.get("name"), path[1]] = menu
    return found


def _reached(start: _Node, leads: Mapping[_Node, Sequence[_Lead]]) -> list[_Node]:
    """Give the menus and opening hours to which a caller may come who presses nothing, from `start` on, each once."""
    reached = [start]
    for node in reached:
        reached.extend(dict.fromkeys(to for _, to in leads.get(node, ()) if to not in reached))
    return reached
