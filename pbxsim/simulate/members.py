"""More members for a queue than its PBX file has: agents like those that it has in turn, each with a telephone."""

from __future__ import annotations

from copy import deepcopy
from itertools import count, cycle, islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pbxsim.pbx.numbers import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

_Entry: TypeAlias = dict[str, Any]

_OWN: Final = ("id", "order", "public")
"""What one telephone alone can have: a copy does without."""


def with_members(file: _Entry, queue: _Entry, number: int) -> None:
    """Give a queue of a plain PBX file so many members; it has at least one, and fewer than that."""
    members: list[_Entry] = queue["members"]
    models = members[:]
    taken = _names(file)
    members.extend(
        {**model, "agent": _agent_like(file, str(model["agent"]), taken)}
        for model in islice(cycle(models), number - len(models))
    )


def _names(file: _Entry) -> set[str]:
    """Give all numbers and users of telephones and agents that are taken."""
    entries = [*file.get("extensions", ()), *file.get("agents", ())]
    entries += [line for entry in entries for line in entry.get("lines", ())]
    return {str(entry[key]) for entry in entries for key in ("internal", "user", "number") if key in entry}


def _agent_like(file: _Entry, number: str, taken: set[str]) -> str:
    """Make an agent like the one of that number, and give the new one's."""
    model = next((agent for agent in file.get("agents", ()) if str(agent["number"]) == number), None)
    if model is None:
        return number  # which the file's check tells of
    made = {**model, "number": _free(number, taken)}
    if "line" in model:
        made["line"] = _telephone_like(file, str(model["line"]), taken)
    file["agents"].append(made)
    return str(made["number"])


def _telephone_like(file: _Entry, user: str, taken: set[str]) -> str:
    """Make a telephone like the one of that SIP user, with an extension of its own; give the new one's user."""
    for extension in file.get("extensions", ()):
        lines = extension.get("lines") or [extension]
        line = next((each for each in lines if str(each.get("user", extension["internal"])) == user), None)
        if line is None:
            continue
        internal = _free(str(extension["internal"]), taken)
        made = {key: deepcopy(value) for key, value in {**extension, **line}.items() if key not in (*_OWN, "lines")}
        made |= {"internal": internal, "user": internal if user == extension["internal"] else _free(user, taken)}
        file["extensions"].append(made)
        _meet_calls_alike(file, (str(extension["internal"]), user, *map(str, extension.get("public", ()))), internal)
        return str(made["user"])
    return user


def _meet_calls_alike(file: _Entry, names: tuple[str, ...], number: str) -> None:
    """Have a new telephone meet calls as the one that has these names does."""
    phones: _Entry = file.setdefault("phones", {})
    rules: list[_Entry] = phones.setdefault("rules", [])
    rule = next((each for each in rules if _fits(each, names)), None)
    if rule is not None:
        rules.insert(0, {**rule, "number": number})
    elif any(_fits(each, (number,)) for each in rules):
        rules.insert(0, {"number": number, "does": phones.get("default", "answer")})


def _fits(rule: _Entry, names: Iterable[str]) -> bool:
    return any(matches(str(rule["number"]), name) for name in names)


def _free(name: str, taken: set[str]) -> str:
    """Give a name like that one which nobody has, and take it."""
    found = next(made for number in count(1) if (made := f"{name}{number:03d}") not in taken)
    taken.add(found)
    return found
