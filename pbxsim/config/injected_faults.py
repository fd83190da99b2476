"""What goes wrong on purpose: the faults that a PBX file, or somebody by the control API, injects.

Not here: what a fault does (hosting/fault_injection.py, sinks/outbox/notice_faults.py), or the faults of a file itself
(fault.py).
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import mappings
from pbxsim.kit.values import Name

FaultKind: TypeAlias = Literal[
    "delay",
    "status",
    "reset",
    "truncated",
    "garbled",
    "rate-limit",
    "overtaken",
    "ghost-call",
    "answer-after-hangup",
    "missing-cause",
    "cdr-late",
    "cdr-unseen",
    "recording-late",
    "webhook-late",
    "webhook-twice",
    "webhook-out-of-order",
    "webhook-lost",
]


class FaultEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something that goes wrong: with clients' requests, calls or webhooks; with those that fit all that is given.

    Of several faults that fit, the first that strikes is the one. They are drawn by the PBX's seed, each by itself.
    """

    fault: Annotated[
        FaultKind,
        Meta(
            description="delay: the reply comes `seconds` later. status: a bare page of `status` instead of a reply."
            " reset: the connection is reset. truncated: half of the reply's body, then the end. garbled: bytes of the"
            " body are wrong. rate-limit: 429 for more than `requests` in `seconds`. overtaken: the reply comes"
            " when so many `webhooks` that came of it were tried; a clock that is held goes on for that, `seconds`"
            " (60) at most. ghost-call: its end is not heard, it stays until the PBX hangs it up."
            " answer-after-hangup: an answer is heard only when the ringing has been over for `seconds` (1)."
            " missing-cause: 31 instead of each cause that telephones and networks give."
            " cdr-late: records are closed `seconds` later. cdr-unseen: they are there, and vendors' reports have them"
            " `seconds` later. recording-late: it can be read `seconds` later."
            " webhook-late: tried `seconds` later, those behind it wait."
            " webhook-twice: sent once more after it was taken. webhook-out-of-order: comes after the next one,"
            " or after `seconds`. webhook-lost: never sent."
        ),
    ]
    vendor: Annotated[
        Name | None, Meta(description="Only this vendor's requests, calls that it placed, or webhooks.")
    ] = None
    method: Annotated[Name | None, Meta(description="Only requests by this method.")] = None
    path: Annotated[Name | None, Meta(description="Only requests for this whole path.")] = None
    action: Annotated[
        Name | None,
        Meta(description="Only requests with this parameter `action`, or whose path ends so: call/originate/act."),
    ] = None
    number: Annotated[Name | None, Meta(description="Only calls from or to this number, as it was dialled.")] = None
    receiver: Annotated[Name | None, Meta(description="Only webhooks to this receiver.")] = None
    event: Annotated[Name | None, Meta(description="Only webhooks of this event.")] = None
    probability: Annotated[float, Meta(gt=0, le=1, description="How many of those that fit are struck.")] = 1
    count: Annotated[
        Annotated[int, Meta(ge=1, le=1_000_000)] | None, Meta(description="How many are struck at most; absent: all.")
    ] = None
    nth: Annotated[
        Annotated[int, Meta(ge=1, le=1_000_000)] | None,
        Meta(description="Only the nth of those that fit, since it was set; whatever befell the others."),
    ] = None
    seconds: Annotated[
        Annotated[float, Meta(gt=0, le=86_400)] | None, Meta(description="Seconds of the PBX's clock; see `fault`.")
    ] = None
    status: Annotated[
        Annotated[int, Meta(ge=400, le=599)] | None, Meta(description="For status (503) and rate-limit (429).")
    ] = None
    requests: Annotated[
        Annotated[int, Meta(ge=1, le=1_000_000)] | None, Meta(description="How many `seconds` have room for.")
    ] = None
    webhooks: Annotated[
        Annotated[int, Meta(ge=1, le=1_000)] | None, Meta(description="How many are tried before an overtaken reply.")
    ] = None
    handled: Annotated[
        bool | None,
        Meta(description="For status (no) and reset (yes): does the PBX do what is asked before the reply is lost?"),
    ] = None

    @property
    def is_of_webhooks(self) -> bool:
        """Tell whether it befalls webhooks, not requests."""
        return self.fault.startswith("webhook-")

    @property
    def is_of_calls(self) -> bool:
        """Tell whether it befalls calls."""
        return self.fault in _CALLS

    @property
    def is_of_requests(self) -> bool:
        """Tell whether it befalls requests."""
        return not self.is_of_webhooks and not self.is_of_calls


_CALLS: Final = frozenset(
    {"ghost-call", "answer-after-hangup", "missing-cause", "cdr-late", "cdr-unseen", "recording-late"}
)
_OF_CALLS: Final = frozenset({"fault", "probability", "count", "nth", "vendor", "number"})

_OF_REQUESTS: Final = frozenset({"fault", "probability", "count", "nth", "vendor", "method", "path", "action"})
_OF_WEBHOOKS: Final = frozenset({"fault", "probability", "count", "nth", "vendor", "receiver", "event"})
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "delay": ("seconds",),
    "rate-limit": ("requests", "seconds"),
    "overtaken": ("webhooks",),
    "cdr-late": ("seconds",),
    "cdr-unseen": ("seconds",),
    "recording-late": ("seconds",),
    "webhook-late": ("seconds",),
}
_TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": ("status", "handled"),
    "reset": ("handled",),
    "rate-limit": ("status",),
    "overtaken": ("seconds",),
    "answer-after-hangup": ("seconds",),
    "webhook-out-of-order": ("seconds",),
}


def wrong_fields(entry: Mapping[str, Any]) -> Iterator[tuple[str, object, str]]:
    """Find what a fault needs and has not, or has and cannot take: the field, its value, what is expected."""
    kind = str(entry.get("fault"))
    needs = _NEEDS.get(kind, ())
    common = _OF_CALLS if kind in _CALLS else _OF_WEBHOOKS if kind.startswith("webhook-") else _OF_REQUESTS
    for name in needs:
        if entry.get(name) is None:
            yield name, msgspec.UNSET, f"a value, for {kind} needs it"
    for name, value in entry.items():
        if value is not None and name not in common and name not in needs and name not in _TAKES.get(kind, ()):
            yield name, value, f"nothing, for {kind} does not take it"


def bad_faults(plain: object) -> Iterator[Finding]:
    """Find faults in a decoded PBX file that do not fit together, or are of a vendor that it does not speak."""
    vendors = plain.get("vendors") if isinstance(plain, dict) else None
    for path, entry in mappings(plain, "faults.*"):
        if entry.get("fault") in _KINDS:
            for name, value, expected in wrong_fields(entry):
                if name in FaultEntry.__struct_fields__:
                    yield Finding((*path, name), value, expected)
        vendor = entry.get("vendor")
        if isinstance(vendor, str) and isinstance(vendors, dict) and vendor not in vendors:
            yield Finding((*path, "vendor"), vendor, f"one of the file's vendors: {', '.join(vendors) or 'none'}")


_KINDS: Final = frozenset(FaultKind.__args__)  # type: ignore[attr-defined]  # of a Literal
