"""What a failed test's report says of its PBXs: what the client sent, what its calls did, what servers were told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pbxsim.testing.client import Pbx
    from pbxsim.testing.records import Call, Moment, SentRequest, Webhook

_NEWEST: Final = 20
_LONGEST: Final = 300


def sections(pbxs: Sequence[Pbx]) -> list[tuple[str, str]]:
    """Give the titles and texts. Whatever cannot be asked any more is said to be so: a report never fails."""
    found: list[tuple[str, str]] = []
    for number, pbx in enumerate(pbxs, start=1):
        which = f" (PBX {number} of {len(pbxs)})" if len(pbxs) > 1 else ""
        try:
            found += [(f"pbxsim: {title}{which}", text) for title, text in _of(pbx)]
        except Exception as error:  # the test has failed already: this must not hide why
            found.append((f"pbxsim{which}", f"the PBX can tell nothing: {error}"))
    return found


def left_hints(pbxs: Sequence[Pbx]) -> str:
    """Give every request that left a hint, with it; empty where none did."""
    return "\n".join(_request(request) for pbx in pbxs for request in pbx.requests if request.hints)


def _of(pbx: Pbx) -> Iterator[tuple[str, str]]:
    yield "what the client sent", _newest([_request(request) for request in pbx.requests]) or "nothing"
    yield "what its calls did", _newest([_call(call) for call in pbx.calls]) or "there was no call"
    webhooks = [_webhook(webhook) for webhook in pbx.webhooks]
    if webhooks:
        yield "webhooks", _newest(webhooks)


def _newest(told: list[str]) -> str:
    left_out = len(told) - _NEWEST
    before = [f"({left_out} earlier ones are left out)"] if left_out > 0 else []
    return "\n".join(before + told[-_NEWEST:])


def _request(request: SentRequest) -> str:
    query = urlencode(request.params, safe="*") if request.params else ""
    lines = [f"{request.method} {request.path}{'?' if query else ''}{query}"]
    if request.body is not None:
        lines.append(f"  body: {_short(str(request.body))}")
    lines.append(f"  -> {request.status} {_short(request.reply)}" + (f" (call {request.call})" if request.call else ""))
    return "\n".join(lines + [f"  hint: {hint}" for hint in request.hints])


def _call(call: Call) -> str:
    ended = f": {call.disposition}, cause {call.cause} ({call.cause_text})" if call.state == "ended" else ""
    lines = [f"call {call.id} by {call.vendor}, {call.src} -> {call.dst}, {call.state}{ended}"]
    lines += [f"  {moment.at[11:23]}  {moment.event}  {_about(moment)}".rstrip() for moment in call.timeline]
    return "\n".join(lines)


def _about(moment: Moment) -> str:
    return moment.detail or moment.channel or ""


def _webhook(webhook: Webhook) -> str:
    lines = [f"{webhook.event} to {webhook.receiver}: {webhook.state}", f"  {webhook.method} {webhook.url}"]
    for tried in webhook.tries:
        came = f"{tried.status} {_short(tried.reply)}" if tried.status is not None else tried.error
        lines.append(f"  {tried.at[11:23]}  {came}")
    if webhook.due is not None:
        lines.append(f"  {webhook.due[11:23]}  the next try is due")
    return "\n".join(lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
