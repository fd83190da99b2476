"""Which requests a fault or a forced reply is meant for."""

from __future__ import annotations

import pytest

from pbxsim.hosting.request_match import RequestMatch
from pbxsim.kit.request import Request

VOIPSUN = Request("GET", "/api/api.php", "action=originate&dstNum=800")
SIMOTEL = Request(
    "PUT",
    "/api/v4/call/originate/act",
    headers={"Content-Type": "application/json"},
    body=b'{"caller":"557","timeout":20}',
)
PREFLIGHT = Request("OPTIONS", "/api/api.php", "action=originate")

FITTING: tuple[tuple[RequestMatch, Request], ...] = (
    (RequestMatch(), VOIPSUN),
    (RequestMatch(vendor="acme"), VOIPSUN),
    (RequestMatch(path="/api/api.php", method="GET"), VOIPSUN),
    (RequestMatch(action="originate"), VOIPSUN),
    (RequestMatch(action="originate/act"), SIMOTEL),
    (RequestMatch(action="/call/originate/act"), SIMOTEL),
    (RequestMatch(params={"dstNum": "800"}), VOIPSUN),
    (RequestMatch(params={"caller": "557", "timeout": "20"}), SIMOTEL),
    (RequestMatch(method="OPTIONS"), PREFLIGHT),
)
OTHERS: tuple[tuple[RequestMatch, Request], ...] = (
    (RequestMatch(vendor="vum"), VOIPSUN),
    (RequestMatch(path="/api"), VOIPSUN),
    (RequestMatch(method="POST"), VOIPSUN),
    (RequestMatch(action="dial"), VOIPSUN),
    (RequestMatch(action="act", params={"caller": "558"}), SIMOTEL),
    (RequestMatch(action="riginate/act"), SIMOTEL),
    (RequestMatch(params={"dstNum": "800", "src": "1"}), VOIPSUN),
    (RequestMatch(), PREFLIGHT),
    (RequestMatch(params={"a": "b"}), Request("PUT", "/", headers=SIMOTEL.headers, body=b"[\xff")),
)


@pytest.mark.parametrize(("match", "request_"), FITTING)
def test_a_request_fits_that_has_all_that_is_asked(match: RequestMatch, request_: Request) -> None:
    assert match.fits("acme", request_)


@pytest.mark.parametrize(("match", "request_"), OTHERS)
def test_a_request_does_not_fit_that_differs_in_one_thing(match: RequestMatch, request_: Request) -> None:
    assert not match.fits("acme", request_)
