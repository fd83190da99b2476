"""What a PBX tells somebody outside of itself: a vendor's webhook, or a recording by e-mail, as it is to be sent.

A vendor renders it when the thing happens and emits it as `NoticePosted`; who delivers it, and how often that is tried,
is no matter of the core (sinks/outbox).
"""

from __future__ import annotations

from typing import Final

import msgspec

MAIL: Final = "MAIL"
"""The `method` of a notice that is an e-mail: its `body` is a Mail as JSON, its `url` says `mailto:` whom."""


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a receiver is tried, in seconds of the PBX's clock.

    After a try that failed the next comes `first` later, then `factor` times that, never more than `longest`; whoever
    has not taken a notice `give_up` after it was posted does not get it. `give_up` 0: one try and no more. One that is
    answered and not taken for `give_way` is given up where others wait behind it: they are not held back for a day.
    """

    first: float = 1
    factor: float = 2
    longest: float = 600
    give_up: float = 86_400
    give_way: float = 3_600


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is told: everything in the order in which it happened, one thing after the other.

    `name` is unique within a PBX and names the order. `address` is what was configured: an http(s) URL, or `smtp:` for
    the PBX's mail server. `timeout` is how many seconds of the world's time a try may take. `username` and `password`
    are sent as HTTP Basic where there is a user name.
    """

    name: str
    vendor: str
    address: str
    timeout: float = 5.0
    username: str = ""
    password: str = ""
    retry: Retry = Retry()


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell one receiver, ready to be sent.

    `event` is the vendor's name for what happened; `call` the call it is about, 0 for none. `method`, `url`,
    `content_type` and `body` are the HTTP request; credentials are the receiver's and are not repeated here.
    """

    receiver: str
    event: str
    call: int = 0
    method: str = "GET"
    url: str
    content_type: str = ""
    body: bytes = b""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail with a recording attached, as it stands in a notice's body."""

    sender: str
    recipient: str
    subject: str
    text: str
    recording_folder: str
    recording_file: str
    attachment: str  # the file's name as the recipient sees it
