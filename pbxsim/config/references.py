"""What in a PBX file must be there once, and what must name something that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pbxsim.config.destinations import REFERENCES as DESTINATIONS
from pbxsim.config.destinations import extensions_named
from pbxsim.config.numbering import NO_PLAN
from pbxsim.config.trunks import IMPLIED_ROUTE, IMPLIED_TRUNK
from pbxsim.kit.file_checks import dangling, names_nothing, twins
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import each, mappings, texts

_UNIQUE: Final = (
    "dialplans.*.name",
    "contexts.*.name",
    "routes.*.name",
    "tariffs.*.name",
    "accounts.*.name",
    "queues.*.name",
    "groups.*.name",
    "menus.*.name",
    "hours.*.name",
    "mailboxes.*.number",
    "parking.*.name",
    "agents.*.number",
    "dialplans.*.id",
    "extensions.*.id",
    "extensions.*.lines.*.id",
    "trunks.*.id",
    "routes.*.id",
    "cdrs.*.id",
)
"""Places whose values must all differ."""

_UNIQUE_WITHIN: Final = (
    ("contexts.*", "includes.*"),
    ("queues.*", "members.*.agent"),
    ("queues.*", "waiters.*.channel"),
    ("tariffs.*", "rates.*.prefix"),
)
"""Places whose values must differ within each of something."""

_REFERENCES: Final = (
    ("extensions.*.dialplan", "a dialplan"),
    ("contexts.*.dialplan", "a dialplan"),
    ("agents.*.dialplan", "a dialplan"),
    ("contexts.*.includes.*", "a context or dialplan"),
    ("contexts.*.routes.*", "an outbound route"),
    ("dids.*.context", "a context or dialplan"),
    ("groups.*.context", "a context or dialplan"),
    ("menus.*.context", "a context or dialplan"),
    ("menus.*.dialplan", "a dialplan"),
    ("parking.*.dialplan", "a dialplan"),
    ("extensions.*.voicemail", "the number of a mailbox"),
    ("routes.*.trunks.*", "a trunk"),
    ("accounts.*.tariff", "a tariff"),
    ("agents.*.line", "the SIP user of a line"),
    ("queues.*.members.*.agent", "the number of an agent"),
    ("cdrs.*.account", "an account"),
    ("cdrs.*.trunk", "a trunk"),
    *DESTINATIONS,
)
"""Places whose values must name something, and what."""


def reference_faults(plain: object) -> Iterator[Finding]:
    """Find what is there twice, and what is named but not there."""
    for places in _UNIQUE:
        yield from twins(each(plain, places))
    for holders, places in _UNIQUE_WITHIN:
        for holder, content in mappings(plain, holders):
            yield from twins(((*holder, *path), value) for path, value in each(content, places))
    yield from twins([*each(plain, "extensions.*.public.*"), *each(plain, "dids.*.number")])
    yield from twins([*sip_users(plain), *texts(plain, "trunks.*.name")])
    yield from _twin_internal_numbers(plain)
    names = names_of(plain)
    for places, kind in _REFERENCES:
        yield from dangling(plain, places, kind, names[kind])
    yield from _dangling_extensions(plain, names["a dialplan"])
    yield from _circular_includes(plain)


def sip_users(plain: object) -> Iterator[tuple[Path, str]]:
    """Give the SIP user of every line, those that the short form implies too."""
    for path, extension in mappings(plain, "extensions.*"):
        if extension.get("lines") is not None:
            yield from (((*path, *rest), user) for rest, user in texts(extension, "lines.*.user"))
            continue
        key = "internal" if extension.get("user") is None else "user"
        yield from (((*path, *rest), user) for rest, user in texts(extension, key))


def implies_way_out(plain: object) -> bool:
    """Tell whether a file mentions neither trunks nor routes, so that it gets one of each."""
    return isinstance(plain, dict) and plain.get("trunks") is None and plain.get("routes") is None


def names_of(plain: object) -> dict[str, dict[str, None]]:
    """Give what can be referred to, by kind, in the file's order."""

    def listed(places: str) -> dict[str, None]:
        return {name: None for _, name in texts(plain, places)}

    implied = implies_way_out(plain)
    dialplans = listed("dialplans.*.name") or {NO_PLAN: None}
    return {
        "a dialplan": dialplans,
        "a context or dialplan": listed("contexts.*.name") | dialplans,
        "a trunk": {IMPLIED_TRUNK.name: None} if implied else listed("trunks.*.name"),
        "an outbound route": {IMPLIED_ROUTE.name: None} if implied else listed("routes.*.name"),
        "a queue": listed("queues.*.name"),
        "a ring group": listed("groups.*.name"),
        "a menu": listed("menus.*.name"),
        "opening hours": listed("hours.*.name"),
        "the number of a mailbox": listed("mailboxes.*.number"),
        "a component": listed("vendors.*.components.*.name"),
        "a tariff": listed("tariffs.*.name"),
        "an account": listed("accounts.*.name"),
        "the SIP user of a line": {user: None for _, user in sip_users(plain)},
        "the number of an agent": listed("agents.*.number"),
        "a public number": listed("extensions.*.public.*") | listed("dids.*.number"),
    }


def _twin_internal_numbers(plain: object) -> Iterator[Finding]:
    first = _first_dialplan(plain)
    by_plan: dict[str, list[tuple[Path, object]]] = {}
    for path, extension in mappings(plain, "extensions.*"):
        plan = extension.get("dialplan") or first
        if isinstance(plan, str) and "internal" in extension:
            by_plan.setdefault(plan, []).append(((*path, "internal"), extension["internal"]))
    for numbers in by_plan.values():
        yield from twins(numbers)


def _first_dialplan(plain: object) -> str:
    return next((name for _, name in texts(plain, "dialplans.*.name")), NO_PLAN)


def _dangling_extensions(plain: object, plans: dict[str, None]) -> Iterator[Finding]:
    first = _first_dialplan(plain)
    numbers: dict[str, dict[str, None]] = {}
    for _, extension in mappings(plain, "extensions.*"):
        number, plan = extension.get("internal"), extension.get("dialplan") or first
        if isinstance(number, str) and isinstance(plan, str):
            numbers.setdefault(plan, {})[number] = None
    for path, wanted, plan, where in extensions_named(plain, first, _plans(plain, plans)):
        if plan is None or plan == "":
            yield Finding(path, wanted, f"a `dialplan` in {where}, whose number that is")
        elif isinstance(plan, str) and plan in plans:
            kind = f"the number of an extension in dialplan {plan}"
            yield from names_nothing(path, wanted, kind, numbers.get(plan, {}))


def _plans(plain: object, plans: Iterable[str]) -> dict[object, object]:
    """Tell whose internal numbers each context has, by its name."""
    plan_of: dict[object, object] = {plan: plan for plan in plans}
    for _, context in mappings(plain, "contexts.*"):
        if isinstance(own := context.get("name"), str):
            plan_of[own] = context.get("dialplan")
    return plan_of


def _circular_includes(plain: object) -> Iterator[Finding]:
    includes: dict[str, list[str]] = {}
    for _, context in mappings(plain, "contexts.*"):
        name = context.get("name")
        if isinstance(name, str):
            includes[name] = [included for _, included in texts(context, "includes.*")]
    entangled = _entangled(includes)
    for path, context in mappings(plain, "contexts.*"):
        for rest, included in texts(context, "includes.*"):
            if included in entangled and context.get("name") in _reached(included, includes):
                yield Finding((*path, *rest), included, "a context that does not lead back to this one")


def _entangled(includes: dict[str, list[str]]) -> set[str]:
    """Give the contexts that are in a circle or lead into one: what is left when all others are taken away in turn."""
    left = {name: sum(included in includes for included in names) for name, names in includes.items()}
    includers: dict[str, list[str]] = {}
    for name, names in includes.items():
        for included in names:
            includers.setdefault(included, []).append(name)
    free = [name for name, count in left.items() if count == 0]
    while free:
        name = free.pop()
        del left[name]
        for includer in includers.get(name, ()):
            left[includer] -= 1
            if left[includer] == 0:
                free.append(includer)
    return set(left)


def _reached(start: str, includes: dict[str, list[str]]) -> set[str]:
    """Give all contexts that are asked when `start` is, itself included."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += includes.get(name, [])
    return reached
