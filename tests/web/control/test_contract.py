"""openapi.yaml is the truth: valid, the same routes as routes.py, the same fields, and what is answered fits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from pbxsim.web.control import phones
from pbxsim.web.control.contract import contract
from pbxsim.web.control.routes import ROUTES

if TYPE_CHECKING:
    from pbxsim.web.control.route import Route
    from tests.web.town import Answered, Town

CONTRACT = contract()


def operation(method: str, path: str) -> dict[str, Any]:
    """Give what the contract says of a route."""
    found: dict[str, Any] = CONTRACT["paths"][path][method.lower()]
    return found


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a $ref, if it is one."""
    place: Any = CONTRACT
    for part in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        place = place[part]
    return dict(place) if "$ref" in node else node


def fields(kind: type[msgspec.Struct]) -> dict[str, bool]:
    """Give a Struct's fields by the name on the wire, and whether each must be given."""
    return {field.encode_name: field.required for field in msgspec.structs.fields(kind)}


@pytest.mark.slow
def test_it_is_a_valid_openapi_document() -> None:
    validator = pytest.importorskip("openapi_spec_validator")  # asks for newer dependencies than pbxsim itself does
    validator.validate(CONTRACT)


def test_it_has_exactly_the_routes_that_are_answered() -> None:
    told = {(method.upper(), path) for path, methods in CONTRACT["paths"].items() for method in methods}
    assert told == {(route.method, route.path) for route in ROUTES}
    assert len(ROUTES) == len(told)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_routes_parameters_and_body_are_those_that_are_read(route: Route[Any]) -> None:
    told = operation(route.method, route.path)
    parameters = [resolved(parameter) for parameter in told["parameters"]]
    query = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    in_path = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    assert query == {*fields(route.query), "pbx"}
    assert in_path == {part[1:-1] for part in route.path.split("/") if part.startswith("{")}
    body = told.get("requestBody")
    assert (body is not None) == bool(fields(route.body))
    if body is not None:
        schema = resolved(body["content"]["application/json"]["schema"])
        read = fields(route.body)
        assert set(schema["properties"]) == set(read)
        assert set(schema.get("required", ())) == {name for name, required in read.items() if required}
        assert body["required"] == any(read.values())
    assert (told.get("security") == []) == route.is_open


def test_the_verbs_are_those_of_a_hand() -> None:
    parameters = operation("POST", "/_pbxsim/phones/{user}/{verb}")["parameters"]
    assert next(each for each in parameters if each.get("name") == "verb")["schema"]["enum"] == list(phones.VERBS)


def check(answered: Answered, method: str, path: str) -> None:
    """See that an answer is one that the contract tells of."""
    told = operation(method, path)["responses"]
    response = resolved(told.get(str(answered.status), told["default"]))
    kind = answered.headers["Content-Type"].partition(";")[0]
    schema = {"components": CONTRACT["components"], **response["content"][kind]["schema"]}
    content = answered.json if kind.endswith("json") else answered.body.decode()
    Draft202012Validator(schema).validate(content)


REAL: tuple[tuple[str, str, str, object, int], ...] = (
    ("GET", "/livez", "/livez", None, 200),
    ("GET", "/readyz", "/readyz", None, 200),
    ("GET", "/metrics", "/metrics", None, 200),
    ("GET", "/_pbxsim/clock", "/_pbxsim/clock", None, 200),
    ("PUT", "/_pbxsim/clock", "/_pbxsim/clock", {"rate": 0}, 200),
    ("PUT", "/_pbxsim/clock", "/_pbxsim/clock", {"rate": "x"}, 400),
    ("POST", "/_pbxsim/clock/advance", "/_pbxsim/clock/advance", {"seconds": 4}, 200),
    ("POST", "/_pbxsim/clock/next", "/_pbxsim/clock/next", None, 200),
    ("POST", "/_pbxsim/clock/run-until-idle", "/_pbxsim/clock/run-until-idle", {"limit_seconds": 0}, 200),
    ("POST", "/_pbxsim/calls", "/_pbxsim/calls", {"from": "777123456", "to": "299299000"}, 201),
    ("POST", "/_pbxsim/calls", "/_pbxsim/calls", {"from": "777123456", "to": "1"}, 422),
    ("GET", "/_pbxsim/calls", "/_pbxsim/calls", None, 200),
    ("GET", "/_pbxsim/calls/1", "/_pbxsim/calls/{call}", None, 200),
    ("GET", "/_pbxsim/calls/77", "/_pbxsim/calls/{call}", None, 404),
    ("GET", "/_pbxsim/phones", "/_pbxsim/phones", None, 200),
    ("POST", "/_pbxsim/phones/sip100/hold", "/_pbxsim/phones/{user}/{verb}", None, 200),
    ("POST", "/_pbxsim/phones/sip100/hold", "/_pbxsim/phones/{user}/{verb}", None, 409),
    ("POST", "/_pbxsim/phones/sip100/transfer", "/_pbxsim/phones/{user}/{verb}", {}, 400),
    ("POST", "/_pbxsim/phones/sip100/dnd", "/_pbxsim/phones/{user}/{verb}", {"on": True}, 200),
    (
        "POST",
        "/_pbxsim/phones/sip100/divert",
        "/_pbxsim/phones/{user}/{verb}",
        {"when": "no_answer", "to": "102", "after_seconds": 2.5},
        200,
    ),
    (
        "PUT",
        "/_pbxsim/phones/sip100/behaviour",
        "/_pbxsim/phones/{user}/behaviour",
        {"outcome": "fail", "cause": 34},
        200,
    ),
    ("PUT", "/_pbxsim/phones/sip100/behaviour", "/_pbxsim/phones/{user}/behaviour", {"outcome": "sing"}, 400),
    ("DELETE", "/_pbxsim/phones/sip100/behaviour", "/_pbxsim/phones/{user}/behaviour", None, 200),
    ("POST", "/_pbxsim/calls/1/hangup", "/_pbxsim/calls/{call}/hangup", {"cause": 16}, 200),
    ("GET", "/_pbxsim/calls?state=ended", "/_pbxsim/calls", None, 200),
    ("GET", "/_pbxsim/cdrs", "/_pbxsim/cdrs", None, 200),
    ("GET", "/_pbxsim/cdrs.csv", "/_pbxsim/cdrs.csv", None, 200),
    ("GET", "/_pbxsim/cdrs/1/recording", "/_pbxsim/cdrs/{cdr}/recording", None, 404),
    ("GET", "/_pbxsim/recordings", "/_pbxsim/recordings", None, 200),
    ("GET", "/_pbxsim/queues", "/_pbxsim/queues", None, 200),
    ("GET", "/_pbxsim/agents", "/_pbxsim/agents", None, 200),
    ("GET", "/_pbxsim/accounts", "/_pbxsim/accounts", None, 200),
    ("POST", "/_pbxsim/accounts/till/credit", "/_pbxsim/accounts/{name}/credit", {"amount": "-0.5"}, 201),
    ("POST", "/_pbxsim/accounts/till/credit", "/_pbxsim/accounts/{name}/credit", {"amount": "0"}, 422),
    ("GET", "/_pbxsim/accounts/till/ledger", "/_pbxsim/accounts/{name}/ledger", None, 200),
    ("GET", "/_pbxsim/accounts/none/ledger", "/_pbxsim/accounts/{name}/ledger", None, 404),
    ("GET", "/_pbxsim/requests", "/_pbxsim/requests", None, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendor": "acme"}}, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendor": "vum"}}, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendr": "acme"}}, 400),
    ("POST", "/_pbxsim/wait", "/_pbxsim/wait", {"of": "cdrs", "where": {"custom1": "x"}}, 200),
    ("GET", "/_pbxsim/journal", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/journal?format=jsonl", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/webhooks", "/_pbxsim/webhooks", None, 200),
    ("GET", "/_pbxsim/webhooks?state=lost", "/_pbxsim/webhooks", None, 400),
    ("POST", "/_pbxsim/webhooks/7/redeliver", "/_pbxsim/webhooks/{id}/redeliver", None, 404),
    ("GET", "/_pbxsim/openapi.json", "/_pbxsim/openapi.json", None, 200),
    ("POST", "/_pbxsim/reset", "/_pbxsim/reset", {"seed": 2}, 200),
)


@pytest.mark.slow
async def test_real_answers_fit_it(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=100&to=102")  # so that every list has something in it
    await town.get("/nowhere")
    await town.post("/_pbxsim/calls", {"from": "102", "to": "990401000"})
    for method, path, template, body, status in REAL:
        answered = await town.ask(method, path, body)
        assert (path, answered.status) == (path, status), answered.body
        check(answered, method, template)
        if template in ("/_pbxsim/calls", "/_pbxsim/phones", "/_pbxsim/cdrs", "/_pbxsim/queues", "/_pbxsim/requests"):
            assert answered.json
    assert {(method, template) for method, _, template, _, _ in REAL} == {
        (route.method, route.path) for route in ROUTES
    }


async def test_it_is_served_as_json(town: Town) -> None:
    answered = await town.get("/_pbxsim/openapi.json")
    assert answered.json == CONTRACT
