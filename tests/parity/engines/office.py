"""The PBX of all scenarios, in the words of a PBX file: each one's telephones, queues and accounts, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.parity.engines.scenario import API_KEY, PASSWORD, public, queue_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.parity.engines.scenario import Scenario

OUTSIDE: Final = "_990XXXXXX"
"""What leaves by the trunk: numbers that say what their telephone does."""


def pbx_file(scenarios: Iterable[Scenario], receiver: str) -> dict[str, Any]:
    """Tell the PBX. Simotel's events go to `receiver`."""
    all_of_them = list(scenarios)
    return {
        "name": "parity",
        "dialplans": [{"name": "plan"}],
        "contexts": [
            {"name": "plan", "dialplan": "plan", "routes": ["out"], "entries": _entries(all_of_them)},
            {"name": "played", "routes": [], "entries": {"s": {"play": 2}}},
        ],
        "trunks": [{"name": "carrier"}],
        "routes": [{"name": "out", "trunks": ["carrier"], "patterns": [OUTSIDE]}],
        "extensions": [_extension(one, who) for one in all_of_them for who in one.phones],
        "agents": [_agent(one, who) for one in all_of_them if one.queue for who in one.queue.members],
        "queues": [_queue(one) for one in all_of_them if one.queue],
        "phones": {"rules": [rule for one in all_of_them for rule in _rules(one)]},
        "tariffs": [{"name": "free", "rates": [{"per_minute": 0}]}],
        "accounts": [
            {"name": _account(one), "credit": "100.00", "currency": "EUR", "tariff": "free"} for one in all_of_them
        ],
        "vendors": {
            "voipsun": {"users": [{"username": "parity", "password": PASSWORD}]},
            "vum": {"context": "plan", "keys": [key for one in all_of_them for key in _keys(one)]},
            "simotel": {
                "dialplan": "plan",
                "accounts": [{"mode": "token", "api_key": API_KEY}],
                "events": {"address": receiver, "send_unanswered_first_party": True},
            },
            "duocom": {"context": "plan", "dialplan": "plan", "accounts": [_principal(one) for one in all_of_them]},
        },
    }  # fmt: skip


def _entries(scenarios: Iterable[Scenario]) -> dict[str, Any]:
    return {queue_number(one.number): {"queue": f"q{one.number:02d}"} for one in scenarios if one.queue}


def _extension(scenario: Scenario, who: str) -> dict[str, Any]:
    phone, user = scenario.phones[who], scenario.user(who)
    line: dict[str, Any] = {"id": int(user), "user": user, "calls": phone.calls}
    if not phone.is_registered:
        line["registration"] = {}
    return {
        "internal": user,
        "public": [public(user)],
        "owner": f"Phone {who}",
        "records": who in scenario.records,
        "lines": [line],
    }


def _rules(scenario: Scenario) -> Iterator[dict[str, Any]]:
    for who, phone in scenario.phones.items():
        if phone.turns:
            yield {"number": scenario.user(who), "does": list(phone.turns)}


def _agent(scenario: Scenario, who: str) -> dict[str, Any]:
    user = scenario.user(who)
    return {"number": user, "name": f"Agent {user}", "pin": "1234", "line": user}


def _queue(scenario: Scenario) -> dict[str, Any]:
    told = scenario.queue
    assert told is not None
    members = [{"agent": scenario.user(who), "penalty": told.penalties.get(who, 0)} for who in told.members]
    return {"name": f"q{scenario.number:02d}", "members": members, "answers": told.answers, **told.rules}


# -- accounts ----------------------------------------------------------------------------------------------------------


def _account(scenario: Scenario) -> str:
    return f"account {scenario.number}"


def _keys(scenario: Scenario) -> Iterator[dict[str, str]]:
    if "A" not in scenario.phones:
        return
    own = public(scenario.user("A"))
    for kind in ("given", "own", "callback", "info"):
        key = {"key": f"{key_of(scenario)}{kind}", "account": _account(scenario)}
        if kind in ("given", "own"):
            yield {**key, "kind": f"{kind}_first", "own": own}
        else:
            yield {**key, "kind": kind}


def key_of(scenario: Scenario) -> str:
    """Give what a scenario's keys of VUM begin with."""
    return f"PARITY{scenario.number:02d}"


def principal_of(scenario: Scenario) -> str:
    """Give a scenario's account at Duocom."""
    return f"6661116{scenario.number:02d}"


def _principal(scenario: Scenario) -> dict[str, Any]:
    return {
        "principal": principal_of(scenario),
        "pass": PASSWORD,
        "account": _account(scenario),
        "activated": True,
        "activated_apis": ["api_consumos"],
    }
