"""The control API's requests, short enough that a script reads like what people do."""

from __future__ import annotations

from tests.golden.wire import Request, Script, get, query, send_json

ROOT = "/_pbxsim"


def shown(path: str, **params: object) -> Request:
    """Look at something; parameters' names may end with `_`."""
    given = {name.rstrip("_"): str(value) for name, value in params.items()}
    return get(query(f"{ROOT}/{path}", given) if given else f"{ROOT}/{path}")


def does(path: str, body: object = None, **params: str) -> Request:
    """Do something."""
    return send_json("POST", query(f"{ROOT}/{path}", params) if params else f"{ROOT}/{path}", body)


def advance(seconds: float, **params: str) -> Request:
    """Move the clock on."""
    return does("clock/advance", {"seconds": seconds}, **params)


def idle(**params: str) -> Request:
    """Move the clock on until nothing is left to do."""
    return does("clock/run-until-idle", None, **params)


def hand(user: str, verb: str, **body: object) -> Request:
    """Do something at a telephone."""
    return does(f"phones/{user}/{verb}", body or None)


def calls_in(from_: str, **wish: object) -> Request:
    """Have somebody call."""
    return does("calls", {"from": from_, **wish})


def everything(**pbx: str) -> Script:
    """Look at all that a PBX has."""
    yield advance(0, **pbx)
    for name in ("clock", "calls", "phones", "queues", "agents", "accounts", "cdrs", "recordings", "webhooks"):
        yield shown(name, **pbx)
    for target in ("/metrics", "/readyz"):
        yield get(target)
