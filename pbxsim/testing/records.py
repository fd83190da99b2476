"""What happened, as a client sees it: calls, their records, webhooks, requests. Times are texts in ISO 8601, UTC.

These are the control API's documents with the fields that tests ask for; what a newer server adds is passed over.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One telephone's part in a call. `party` is first or second, `line` a SIP user; `cause` one of Q.850."""

    channel: str
    number: str
    party: str
    line: str | None
    trunk: str | None
    state: str
    ringing: str | None
    answered: str | None
    ended: str | None
    cause: int | None
    cause_text: str | None
    on_hold: bool


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a call, or to one of its legs; `menu` is which one was heard, `digit` what pressed,
    `detail` what more there is to say.
    """

    at: str
    event: str
    channel: str | None = None
    said: tuple[str, ...] = ()
    menu: str | None = None
    digit: str | None = None
    detail: str | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call. `state` is dialing, ringing, up or ended; `disposition` and `cause` are there once it has ended."""

    id: int
    vendor: str
    kind: str
    state: str
    src: str
    dst: str
    reference: str | None
    started: str
    bridged: str | None
    ended: str | None
    disposition: str | None
    cause: int | None
    cause_text: str | None
    legs: tuple[Leg, ...]
    timeline: tuple[Moment, ...]


class Cdr(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a call, or of a part of it (`linkedid` joins them), times in whole seconds.

    `custom` are its four custom fields, also as `custom1` to `custom4`.
    """

    id: int
    call: int
    vendor: str
    start: str
    answer: str | None
    end: str
    src: str
    dst: str
    disposition: str
    duration: int
    billsec: int
    cause: int
    custom: tuple[str, str, str, str]
    direction: str
    channel: str | None
    dstchannel: str | None
    uniqueid: str
    context: str | None
    trunk: str | None
    account: str | None
    reference: str | None
    recording: str | None
    linkedid: str = ""
    sequence: int = 0
    lastapp: str = ""
    lastdata: str = ""
    dcontext: str = ""
    clid: str = ""
    amaflags: str = ""
    userfield: str = ""

    @property
    def custom1(self) -> str:
        """The first custom field."""
        return self.custom[0]

    @property
    def custom2(self) -> str:
        """The second custom field."""
        return self.custom[1]

    @property
    def custom3(self) -> str:
        """The third custom field."""
        return self.custom[2]

    @property
    def custom4(self) -> str:
        """The fourth custom field."""
        return self.custom[3]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message of voice mail; `folder` is INBOX, or Old once it was heard."""

    id: int
    mailbox: str
    caller: str
    caller_name: str
    call: int
    received: str
    seconds: int
    heard: bool
    folder: str
    file: str


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver a webhook. No status: nothing came back, and `error` says why."""

    at: str
    status: int | None
    reply: str
    error: str | None


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a server of yours was to be told. `state` is pending, delivered or failed."""

    id: int
    receiver: str
    vendor: str
    event: str
    call: int | None
    method: str
    url: str
    body: str | None
    state: str
    posted_at: str
    due: str | None
    delivered_at: str | None
    tries: tuple[Try, ...]


class SentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a client sent, what it got, and in `hints` what it probably meant. Secrets are hidden.

    `injected` is the fault or the forced reply that it met with.
    """

    seq: int
    at: str
    vendor: str | None
    method: str
    path: str
    params: dict[str, str]
    body: Any
    headers: dict[str, str]
    fault: str | None
    status: int
    reply: str
    code: str | None
    call: int | None
    hints: tuple[str, ...]
    injected: str | None = None


class PhoneState(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone: its numbers, and Asterisk's names for the state that it is in."""

    user: str
    internal: str
    public: tuple[str, ...]
    registered: bool
    device_state: str
    do_not_disturb: bool
