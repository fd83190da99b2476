"""Forced replies: the next requests that match get an error of their vendor's own table, and nothing else happens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from pbxsim.hosting.forced_replies import ForcedReply
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.request_match import RequestMatch
from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.vendor import Vendor
from pbxsim.web.control.paging import discreet
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
_Words = Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=1_024)]], msgspec.Meta(max_length=50)]
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Forcing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which error, of which vendor (None: the one that has it), to how many requests (None: all), and to which."""

    error: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    vendor: _Word | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = 1
    method: _Word | None = None
    path: _Word | None = None
    action: _Word | None = None
    params: _Words = {}
    fill: _Words = {}


class ForcedReplyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A forced reply that has something left. `given` counts how often it was the reply; `left` null: without end."""

    id: int
    vendor: str
    error: str
    text: str
    method: str | None
    path: str | None
    action: str | None
    params: dict[str, str]
    fill: dict[str, str]
    given: int
    left: int | None


def listed(host: HostedPbx) -> Response:
    """List those that have something left, in the order in which a request gets them."""
    return discreet(document(_shown(host)), host)


def force(host: HostedPbx, body: Forcing) -> Command:
    """Set one more, behind those that there are; give all."""
    vendor = _vendor(host, body)
    for name in _PLACEHOLDER.findall(vendor.errors[body.error]):
        if name not in body.fill:
            text = vendor.errors[body.error]
            raise Problem(422, f'body: fill: the text is {text!r}; say what stands for it: {{"{name}": …}}')
    data = {"vendor": vendor.name, "error": body.error, "count": body.count}
    return Command("force reply", data, lambda: _forced(host, vendor.name, body))


def release(host: HostedPbx) -> Command:
    """Take all away; give the empty list."""
    return Command("force no reply", {}, lambda: _released(host))


def _forced(host: HostedPbx, vendor: str, body: Forcing) -> Response:
    match = RequestMatch(vendor=vendor, method=body.method, path=body.path, action=body.action, params=body.params)
    host.injecting().replies.add(body.error, match, body.fill, left=body.count)
    return listed(host)


def _released(host: HostedPbx) -> Response:
    if host.injection is not None:
        host.injection.replies.clear()
        host.injected()
    return listed(host)


def _vendor(host: HostedPbx, body: Forcing) -> Vendor:
    """Find the vendor that is meant, which has the error. Raises Problem 422."""
    spoken = host.spoken
    if body.vendor is not None:
        if body.vendor not in spoken:
            raise Problem(422, f"body: vendor: {_meant('vendor', body.vendor, spoken)}; it speaks {_list(spoken)}")
        spoken = {body.vendor: spoken[body.vendor]}
    having = [vendor for vendor in spoken.values() if body.error in vendor.errors]
    if len(having) == 1:
        return having[0]
    if having:
        names = _list(vendor.name for vendor in having)
        raise Problem(422, f"body: vendor: say which, for there is an error {body.error!r} of {names}")
    known = {error: "" for vendor in spoken.values() for error in vendor.errors}
    raise Problem(422, f"body: error: {_meant('error', body.error, known)}; there are: {_list(known)}")


def _meant(kind: str, word: str, known: Iterable[str]) -> str:
    return "; ".join(word_hint(kind, word, list(known)))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _shown(host: HostedPbx) -> list[ForcedReplyShown]:
    return [] if host.injection is None else [_one(host, reply) for reply in host.injection.replies]


def _one(host: HostedPbx, reply: ForcedReply) -> ForcedReplyShown:
    match = reply.match
    return ForcedReplyShown(
        id=reply.id,
        vendor=reply.vendor,
        error=reply.error,
        text=host.spoken[reply.vendor].errors[reply.error],
        method=match.method,
        path=match.path,
        action=match.action,
        params=dict(match.params),
        fill=dict(reply.filled),
        given=reply.given,
        left=reply.left,
    )
