"""openapi.yaml is the truth: valid, the same routes as routes.py, the same fields, and what is answered fits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from pbxsim.pbx.cause import HangupCause
from pbxsim.web.control import phones
from pbxsim.web.control.contract import contract
from pbxsim.web.control.events import EVENTS
from pbxsim.web.control.routes import ROUTES
from tests.web.control.looker import LISTS, looking

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


VERBS = [verb for verb, known in phones.VERBS.items() if not known.needs]
"""What a hand can do without knowing more; any other verb has a path of its own in the contract."""
HAND = "/_pbxsim/phones/{user}/{verb}"
OWN = {HAND.replace("{verb}", verb): known for verb, known in phones.VERBS.items() if known.needs}
TOLD = [(method.upper(), path) for path, methods in CONTRACT["paths"].items() for method in methods]


def routed(path: str) -> str:
    """Give the path of the route that answers at a path of the contract."""
    return HAND if path in OWN else path


def route_of(method: str, path: str) -> Route[Any]:
    """Find the route that answers what the contract tells of."""
    (found,) = [route for route in ROUTES if (route.method, route.path) == (method, routed(path))]
    return found


def test_it_has_exactly_the_routes_that_are_answered() -> None:
    assert {(method, routed(path)) for method, path in TOLD} == {(route.method, route.path) for route in ROUTES}
    assert {path for _, path in TOLD} == {route.path for route in ROUTES} | set(OWN)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize(("method", "path"), TOLD)
def test_a_routes_parameters_and_body_are_those_that_are_read(method: str, path: str) -> None:
    told, route = operation(method, path), route_of(method, path)
    parameters = [resolved(parameter) for parameter in told["parameters"]]
    query = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    in_path = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    assert query == {*fields(route.query), "pbx"}
    assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
    body = told.get("requestBody")
    assert (body is not None) == bool(fields(route.body))
    if body is not None:
        schema = resolved(body["content"]["application/json"]["schema"])
        read = fields(route.body)
        needed = set(OWN[path].needs if path in OWN else ()) | {name for name, required in read.items() if required}
        assert set(schema["properties"]) == set(read)
        assert set(schema.get("required", ())) == needed
        assert body["required"] == bool(needed)
    assert (told.get("security") == []) == route.is_open


def test_the_verbs_are_those_of_a_hand() -> None:
    parameters = operation("POST", HAND)["parameters"]
    assert next(each for each in parameters if each.get("name") == "verb")["schema"]["enum"] == VERBS


def test_the_causes_are_those_that_the_switch_knows() -> None:
    assert CONTRACT["components"]["schemas"]["HangUp"]["properties"]["cause"]["enum"] == sorted(map(int, HangupCause))


def check(answered: Answered, method: str, path: str) -> None:
    """See that an answer is one that the contract tells of."""
    told = operation(method, path)["responses"]
    response = resolved(told.get(str(answered.status), told["default"]))
    kind = answered.headers["Content-Type"].partition(";")[0]
    schema = {"components": CONTRACT["components"], **response["content"][kind]["schema"]}
    if kind == EVENTS:  # of which only the first are read
        return
    content = answered.json if kind.endswith("json") else answered.body.decode()
    Draft202012Validator(schema).validate(content)


def payload(name: str) -> dict[str, Any]:
    """Give the schema of what an event of this name tells, as that of the event has it."""
    schema = operation("GET", "/_pbxsim/events")["responses"]["200"]["content"][EVENTS]["schema"]
    told = [resolved(each)["properties"] for each in resolved(schema)["oneOf"]]
    (found,) = [each["data"]["contentSchema"] for each in told if each["event"]["const"] == name]
    return {"components": CONTRACT["components"], **found}


REAL: tuple[tuple[str, str, str, object, int], ...] = (
    ("GET", "/livez", "/livez", None, 200),
    ("GET", "/readyz", "/readyz", None, 200),
    ("GET", "/metrics", "/metrics", None, 200),
    ("GET", "/_pbxsim/clock", "/_pbxsim/clock", None, 200),
    ("GET", "/_pbxsim/explain/1", "/_pbxsim/explain/{of}", None, 200),
    ("GET", "/_pbxsim/explain/nothing", "/_pbxsim/explain/{of}", None, 404),
    ("GET", "/_pbxsim/explain/call/1", "/_pbxsim/explain/{kind}/{number}", None, 200),
    ("GET", "/_pbxsim/explain/request/999", "/_pbxsim/explain/{kind}/{number}", None, 404),
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
    ("GET", "/_pbxsim/phones/sip100/registration", "/_pbxsim/phones/{user}/registration", None, 200),
    ("GET", "/_pbxsim/phones/nobody/registration", "/_pbxsim/phones/{user}/registration", None, 404),
    ("POST", "/_pbxsim/phones/sip100/hold", "/_pbxsim/phones/{user}/{verb}", None, 200),
    ("POST", "/_pbxsim/phones/sip100/hold", "/_pbxsim/phones/{user}/{verb}", None, 409),
    ("POST", "/_pbxsim/phones/sip100/dial", "/_pbxsim/phones/{user}/dial", {"to": "102"}, 409),
    ("POST", "/_pbxsim/phones/sip100/transfer", "/_pbxsim/phones/{user}/transfer", {}, 400),
    ("POST", "/_pbxsim/phones/nobody/consult", "/_pbxsim/phones/{user}/consult", {"to": "102"}, 404),
    ("POST", "/_pbxsim/phones/nobody/press", "/_pbxsim/phones/{user}/press", {"digits": "1"}, 404),
    ("POST", "/_pbxsim/phones/sip100/dnd", "/_pbxsim/phones/{user}/dnd", {"on": True}, 200),
    (
        "POST",
        "/_pbxsim/phones/sip100/divert",
        "/_pbxsim/phones/{user}/divert",
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
    ("GET", "/_pbxsim/export", "/_pbxsim/export", None, 200),
    ("GET", "/_pbxsim/export?as=curl", "/_pbxsim/export", None, 200),
    ("GET", "/_pbxsim/export?as=poem", "/_pbxsim/export", None, 400),
    ("GET", "/_pbxsim/snapshot", "/_pbxsim/snapshot", None, 200),
    ("PUT", "/_pbxsim/snapshot", "/_pbxsim/snapshot", {"format": 1}, 400),
    ("POST", "/_pbxsim/calls/1/hangup", "/_pbxsim/calls/{call}/hangup", {"cause": 16}, 200),
    ("GET", "/_pbxsim/calls?state=ended", "/_pbxsim/calls", None, 200),
    ("GET", "/_pbxsim/cdrs", "/_pbxsim/cdrs", None, 200),
    ("GET", "/_pbxsim/cdrs.csv", "/_pbxsim/cdrs.csv", None, 200),
    ("GET", "/_pbxsim/cdrs/1/recording", "/_pbxsim/cdrs/{cdr}/recording", None, 404),
    ("GET", "/_pbxsim/recordings", "/_pbxsim/recordings", None, 200),
    ("GET", "/_pbxsim/hours", "/_pbxsim/hours", None, 200),
    ("PUT", "/_pbxsim/hours/none", "/_pbxsim/hours/{name}", {"period": None}, 404),
    ("GET", "/_pbxsim/mailboxes", "/_pbxsim/mailboxes", None, 200),
    ("GET", "/_pbxsim/voicemail", "/_pbxsim/voicemail", None, 200),
    ("PUT", "/_pbxsim/voicemail/1", "/_pbxsim/voicemail/{message}", {"heard": True}, 404),
    ("DELETE", "/_pbxsim/voicemail/1", "/_pbxsim/voicemail/{message}", None, 404),
    ("GET", "/_pbxsim/voicemail/1/recording", "/_pbxsim/voicemail/{message}/recording", None, 404),
    ("GET", "/_pbxsim/parking", "/_pbxsim/parking", None, 200),
    ("GET", "/_pbxsim/queues", "/_pbxsim/queues", None, 200),
    ("GET", "/_pbxsim/agents", "/_pbxsim/agents", None, 200),
    ("GET", "/_pbxsim/accounts", "/_pbxsim/accounts", None, 200),
    ("GET", "/_pbxsim/actions", "/_pbxsim/actions", None, 200),
    ("POST", "/_pbxsim/accounts/till/credit", "/_pbxsim/accounts/{name}/credit", {"amount": "-0.5"}, 201),
    ("POST", "/_pbxsim/accounts/till/credit", "/_pbxsim/accounts/{name}/credit", {"amount": "0"}, 422),
    ("GET", "/_pbxsim/accounts/till/ledger", "/_pbxsim/accounts/{name}/ledger", None, 200),
    ("GET", "/_pbxsim/accounts/none/ledger", "/_pbxsim/accounts/{name}/ledger", None, 404),
    ("GET", "/_pbxsim/requests", "/_pbxsim/requests", None, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendor": "acme"}}, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendor": "vum"}}, 200),
    ("POST", "/_pbxsim/requests/verify", "/_pbxsim/requests/verify", {"where": {"vendr": "acme"}}, 422),
    ("POST", "/_pbxsim/wait", "/_pbxsim/wait", {"of": "cdrs", "where": {"custom1": "x"}}, 200),
    ("GET", "/_pbxsim/events", "/_pbxsim/events", None, 200),
    ("GET", "/_pbxsim/journal", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/journal?call=1", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/journal?kind=leg-ringing&since=2026-01-01T00:00:00Z", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/journal?kind=leg-ringing&call=1", "/_pbxsim/journal", None, 400),
    ("GET", "/_pbxsim/journal?format=jsonl", "/_pbxsim/journal", None, 200),
    ("GET", "/_pbxsim/webhooks", "/_pbxsim/webhooks", None, 200),
    ("GET", "/_pbxsim/webhooks?state=lost", "/_pbxsim/webhooks", None, 400),
    ("POST", "/_pbxsim/webhooks/7/redeliver", "/_pbxsim/webhooks/{id}/redeliver", None, 404),
    ("PUT", "/_pbxsim/faults", "/_pbxsim/faults", {"faults": [{"fault": "reset", "count": 1}]}, 200),
    ("PUT", "/_pbxsim/faults", "/_pbxsim/faults", {"faults": [{"fault": "delay"}]}, 422),
    ("GET", "/_pbxsim/faults", "/_pbxsim/faults", None, 200),
    ("DELETE", "/_pbxsim/faults/7", "/_pbxsim/faults/{fault}", None, 404),
    ("DELETE", "/_pbxsim/faults/1", "/_pbxsim/faults/{fault}", None, 200),
    ("DELETE", "/_pbxsim/faults", "/_pbxsim/faults", None, 200),
    ("PUT", "/_pbxsim/replies", "/_pbxsim/replies", {"error": "closed"}, 200),
    ("PUT", "/_pbxsim/replies", "/_pbxsim/replies", {"error": "none such"}, 422),
    ("GET", "/_pbxsim/replies", "/_pbxsim/replies", None, 200),
    ("DELETE", "/_pbxsim/replies", "/_pbxsim/replies", None, 200),
    ("GET", "/_pbxsim/openapi.json", "/_pbxsim/openapi.json", None, 200),
    ("GET", "/_pbxsim/pbxs", "/_pbxsim/pbxs", None, 200),
    ("POST", "/_pbxsim/pbxs", "/_pbxsim/pbxs", {"copy": "town"}, 409),
    ("DELETE", "/_pbxsim/pbxs", "/_pbxsim/pbxs", None, 422),
    ("DELETE", "/_pbxsim/pbxs/shop", "/_pbxsim/pbxs/{name}", None, 409),
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
        if method == "GET" and template in (
            "/_pbxsim/calls",
            "/_pbxsim/phones",
            "/_pbxsim/cdrs",
            "/_pbxsim/queues",
            "/_pbxsim/requests",
        ):
            assert answered.json
    assert {(method, template) for method, _, template, _, _ in REAL} == set(TOLD)


@pytest.mark.slow
async def test_each_event_of_what_happens_fits_it(town: Town) -> None:
    schema = operation("GET", "/_pbxsim/events")["responses"]["200"]["content"][EVENTS]["schema"]
    validator = Draft202012Validator({"components": CONTRACT["components"], **schema})
    async with looking(town) as looker:
        await looker.snapshot()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
        await town.post("/_pbxsim/phones/sip102/dnd", {"on": True})
        await town.post("/_pbxsim/accounts/till/credit", {"amount": "5.00"})
        await town.advance(100)
        now = (await town.get("/_pbxsim/clock")).json["now"]
        await looker.until(lambda event: event.name == "clock" and event.data["now"] == now)
    for event in looker.events:
        mark = {"id": event.id} if event.id else {}
        validator.validate({"event": event.name, "data": msgspec.json.encode(event.data).decode(), **mark})
        Draft202012Validator(payload(event.name)).validate(event.data)
    assert {event.name for event in looker.events} == {
        "snapshot",
        "clock",
        "call",
        "phone",
        "account",
        "request",
        "cdr",
    }


@pytest.mark.parametrize(("name", "kind"), LISTS.items())
def test_an_event_tells_of_a_document_as_its_list_has_it(name: str, kind: str) -> None:
    content = operation("GET", f"/_pbxsim/{kind}")["responses"]["200"]["content"]["application/json"]
    assert payload(name)["$ref"] == content["schema"]["items"]["$ref"]


IN_PATHS = {
    "of": "1",
    "kind": "call",
    "number": "1",
    "call": "1",
    "cdr": "1",
    "id": "1",
    "user": "sip100",
    "verb": "hold",
    "name": "till",
    "message": "1",
    "fault": "1",
}


def filled(path: str) -> str:
    """Give a path of the contract with values that are found, or could be."""
    return "/".join(IN_PATHS[part[1:-1]] if part.startswith("{") else part for part in path.split("/"))


def problem(answered: Answered, status: int) -> dict[str, str]:
    """See that this is the problem document that the contract has for every route."""
    assert (answered.status, answered.headers["Content-Type"]) == (status, "application/problem+json"), answered.body
    schema = {"components": CONTRACT["components"], "$ref": "#/components/schemas/Problem"}
    Draft202012Validator(schema).validate(answered.json)
    return dict(answered.headers)


@pytest.mark.slow
async def test_whatever_is_asked_amiss_is_a_problem_of_the_status_that_fits(town: Town) -> None:
    for method, template in TOLD:
        path = filled(template)
        mark = "&" if "?" in path else "?"
        body = operation(method, template).get("requestBody", {}).get("content", {}).get("application/json", {})
        given = body.get("example")
        allowed = problem(await town.ask("PATCH", path), 405)["Allow"].split(", ")
        assert set(allowed) == {each.upper() for each in CONTRACT["paths"][template]}, template
        problem(await town.ask(method, f"{path}{mark}nonsense=1", given), 400)
        problem(await town.ask(method, f"{path}{mark}pbx=town&pbx=town", given), 400)
        problem(await town.ask(method, f"{path}{mark}pbx=nobody", given), 404)
        problem(await town.ask(method, path, {"nonsense": 1}), 400)


QUERY_VALUES = (
    *("", "0", "1", "-1", "10000", "10001", "1.0", "1.5", "x", "null", "true", "up", "ended", "delivered", "jsonl"),
    *("ANSWERED", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5%2B01:00", "tomorrow"),
)


def as_given(text: str, schema: dict[str, Any]) -> object:
    """Read a value of a query as a client that has the contract spells it: JSON, but for text."""
    if schema.get("type") not in ("integer", "boolean"):
        return text.replace("%2B", "+")
    try:
        return msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return text


@pytest.mark.slow
async def test_a_value_of_a_query_is_taken_if_the_contract_has_it_and_only_then(town: Town) -> None:
    for method, template in TOLD:
        for parameter in map(resolved, operation(method, template)["parameters"]):
            if parameter["in"] != "query" or parameter["name"] == "pbx":
                continue
            schema = resolved(parameter["schema"])
            for text in QUERY_VALUES:
                value = as_given(text, schema)
                fits = Draft202012Validator(schema).is_valid(value)
                answered = await town.ask(method, f"{filled(template)}?{parameter['name']}={text}")
                lenient = schema.get("type") == "boolean" and text in ("0", "1")  # as PHP and curl's users spell it
                assert (answered.status != 400) == (fits or lenient), (template, parameter["name"], text, answered.body)


BODY_VALUES: tuple[object, ...] = (
    *(None, "", "x", "102", "a b", "a\0", "\n", "5.00", "0", "-0.00", "0.0000001", "up", "busy", "x" * 65, "x" * 129),
    *(True, False, -1, 0, 1, 1.0, 16, 16.0, 1.5, 99, 1397, 86_400, 86_401, 1e9, 2**63 - 1, 2**63, 1e300, [], {}),
)
REFUSED = (400, 422)
"""With what a body is refused that the contract does not have; 422: its form is right, and it says what cannot be."""


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), [told for told in TOLD if "requestBody" in operation(*told)])
async def test_a_body_is_taken_if_the_contract_has_it_and_only_then(town: Town, method: str, path: str) -> None:
    told = operation(method, path)["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({"components": CONTRACT["components"], **told["schema"]})
    names = resolved(told["schema"])["properties"]
    bodies = [told["example"] | {name: value} for name in names for value in BODY_VALUES]
    bodies += [{key: value for key, value in told["example"].items() if key != name} for name in told["example"]]
    tried = {True: 0, False: 0}
    for body in bodies:
        fits = validator.is_valid(body)
        tried[fits] += 1
        answered = await town.ask(method, filled(path), body)
        assert answered.status < 500, (body, answered.body)
        if fits:  # that there is no such queue, say, is another matter
            assert answered.status != 400, (body, answered.body)
        else:
            assert answered.status in REFUSED, (body, answered.body)
        check(answered, method, path)
    assert all(tried.values())


async def test_a_body_is_json_or_nothing(town: Town) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        problem(await town.ask("POST", "/_pbxsim/reset", "{}", Content_Type=content_type), 415)


@pytest.mark.slow
async def test_it_is_served_as_json(town: Town) -> None:
    answered = await town.get("/_pbxsim/openapi.json")
    assert answered.json == CONTRACT
