"""A request as the journal takes it down: masked, whenever that is done, by what was secret when it came.

Nearly every request is short, and of few is the entry ever read: so it is kept as it came, flat, and masked and spelt
for whoever reads. It leaves this process no otherwise than masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.request import Request
from pbxsim.sinks.excerpt import text_size
from pbxsim.sinks.journal.journal import spelt_given

if TYPE_CHECKING:
    from pbxsim.hosting.masking import Mask
    from pbxsim.kit.limits import RequestLimits
    from pbxsim.sinks.journal.journal import Journal
    from pbxsim.sinks.journal.spelling import Data

LONGEST_RAW: Final = 2_048
"""Bytes of a request without its headers; one that is longer is masked at once, and cut."""

_OBJECTS: Final = 120  # bytes that it takes beyond its texts, and beyond what an entry takes that is spelt at once


class NotedRequest(msgspec.Struct, frozen=True, gc=False):
    """A short request. `mask` is its vendor's, `learnt` which secrets that knew; `media` the type of the body."""

    mask: Mask
    learnt: int
    vendor: str
    method: str
    path: str
    query: str
    media: str
    body: bytes
    remote: str
    fault: str
    limits: RequestLimits

    def spelt(self) -> bytes:
        """Give the entry's data as JSON, secrets hidden."""
        request = Request(
            self.method,
            self.path,
            self.query,
            headers={"Content-Type": self.media},
            body=self.body,
            remote=self.remote,
            fault=self.fault,
            limits=self.limits,
        )
        return spelt_given(_masked(self.mask.as_of(self.learnt), self.vendor, request))


def take_down(journal: Journal, mask: Mask, vendor: str, request: Request) -> None:
    """Have a journal take down a request to a vendor, before all that it causes."""
    body, fault, media = request.body, request.fault, ""
    text = f"{request.method}{request.path}{request.query}"
    if body or fault or not text.isascii():
        media = request.headers.get("Content-Type", "") if body else ""
        size = text_size(f"{text}{media}{fault}") + len(body)
    else:  # which is what comes by the thousand
        size = len(text)
    if size > LONGEST_RAW:
        journal.append("request", data=_masked(mask, vendor, request))
        return
    noted = NotedRequest(
        mask,
        mask.values.learnt,
        vendor,
        request.method,
        request.path,
        request.query,
        media,
        body,
        request.remote,
        fault,
        request.limits,
    )
    journal.append_later("request", noted, size + _OBJECTS)


def _masked(mask: Mask, vendor: str, request: Request) -> Data:
    entry: Data = {
        "vendor": vendor,
        "method": mask.values.path(request.method),  # which is remembered
        "path": mask.path(request.path),
        "params": mask.params(request.params),
        "remote": request.remote,
    }
    if request.body:
        entry["body"] = mask.body(request)
    if request.fault:
        entry["fault"] = request.fault
    return entry
