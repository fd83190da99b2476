"""Reads the golden files under fixtures/<vendor>/: requests as they go over the wire, error texts by their cause."""

from __future__ import annotations

from pathlib import Path

from multidict import CIMultiDict

from pbxsim.kit.request import Request

FIXTURES = Path(__file__).parents[2] / "fixtures"


def names(vendor: str) -> list[str]:
    """Give the names of a vendor's example requests, without `.request`, in the manual's order."""
    found = sorted(path.stem for path in (FIXTURES / vendor).glob("*.request"))
    assert found
    return found


def request(vendor: str, name: str) -> Request:
    """Read one example request."""
    head, _, body = (FIXTURES / vendor / f"{name}.request").read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, version = first.split(" ")
    assert version == "HTTP/1.1"
    path, _, query = target.partition("?")
    headers: CIMultiDict[str] = CIMultiDict()
    for line in lines:
        name, _, value = line.partition(": ")
        headers.add(name, value)
    return Request(method, path, query, headers=headers, body=body)


def reply(vendor: str, name: str) -> bytes | None:
    """Read the documented reply to an example; None where the manual shows none."""
    path = FIXTURES / vendor / f"{name}.reply"
    return path.read_bytes() if path.exists() else None


def errors(vendor: str) -> dict[str, str]:
    """Read `errors.tsv` of a vendor whose columns begin with cause and text."""
    lines = (FIXTURES / vendor / "errors.tsv").read_text(encoding="utf-8").splitlines()
    return {cause: text for cause, text, *_ in (line.split("\t") for line in lines)}
