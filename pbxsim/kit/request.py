"""One HTTP request as a vendor sees it, free of any web framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.limits import USUAL
from pbxsim.kit.params import Params, parse_form, parse_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.limits import RequestLimits

_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


class Request(msgspec.Struct, eq=False):
    """A request. `path` is as sent, undecoded; `query` the raw text behind `?`; `remote` the client's address.

    `headers` finds names in any case. `fault` says why the body could not be read (too large, cut off), else empty; a
    vendor answers that in its own words. `limits` say how much of query and form is read. `prepared` is what a vendor
    has made ready for its answer (`Vendor.prepare`), which takes it away.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    remote: str = "127.0.0.1"
    fault: str = ""
    limits: RequestLimits = USUAL
    prepared: object = None
    _params: Params | None = None

    __repr__ = object.__repr__  # a struct would show all that it has, secrets too

    def limit(self, limits: RequestLimits) -> None:
        """Read no more of query and form than this; what was read by other limits is read again."""
        if limits is not self.limits and limits != self.limits:
            self.limits = limits
            self._params = None

    def forget(self) -> None:
        """Let go of what was read of it and prepared for it: that takes more than all that it was made of."""
        self._params = None
        if self.prepared is not None:
            self.prepared = None

    @property
    def params(self) -> Params:
        """Give query and form parameters as PHP's `$_REQUEST` does: the form over the query, the last of a name."""
        if self._params is None:
            params = parse_query(self.query, self.limits)
            if self.body:
                form = self._form()
                for name in [name for name in params if name in form]:
                    params.repeat(name, ", in query and form")
                params.update(form)
                params.is_plain = params.is_plain and form.is_plain
                params.unread += form.unread
            self._params = params
        return self._params

    @property
    def media_type(self) -> str:
        """Give the type of the body as its header says, in lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def reading_hints(self) -> tuple[str, ...]:
        """Say what of query and body was not read as parameters: too much of it, or a body that is no form."""
        unread = self.params.unread
        if not self.body or self.media_type in (_FORM, _MULTIPART):
            return unread
        return (
            *unread,
            f"the body is of type {self.media_type[:64]!r}: parameters are read from a query or a form",
        )

    def _form(self) -> Params:
        if self.media_type == _FORM:
            return parse_form(self.body, self.limits)
        if self.media_type == _MULTIPART:
            from pbxsim.kit.multipart import parse_multipart

            return parse_multipart(self.headers.get("Content-Type", ""), self.body, self.limits)
        return Params()
