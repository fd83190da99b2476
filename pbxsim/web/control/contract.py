"""Serves the control API's contract: openapi.yaml, as JSON."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from pbxsim.web.control.response import Response


def served() -> Response:
    """Give the contract (OpenAPI 3.1)."""
    return Response(body=contract_json())


@cache
def contract_json() -> bytes:
    """Give openapi.yaml as JSON."""
    return msgspec.json.encode(contract())


def contract() -> dict[str, Any]:
    """Read openapi.yaml."""
    import yaml

    content: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("openapi.yaml").read_text("utf-8"))
    return content
