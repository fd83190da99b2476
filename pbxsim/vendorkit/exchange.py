"""One HTTP request as a vendor sees it, free of any web framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendorkit.params import Params, parse_form, parse_query

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM: Final = "application/x-www-form-urlencoded"


class Exchange:
    """A request. `path` is as sent, undecoded; `query` the raw text behind `?`; `remote` the client's address.

    `headers` finds names in any case. `fault` says why the body could not be read (too large, cut off), else empty; a
    vendor answers that in its own words.
    """

    __slots__ = ("_params", "body", "fault", "headers", "method", "path", "query", "remote")

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        remote: str = "127.0.0.1",
        fault: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers: Mapping[str, str] = headers if headers is not None else {}
        self.body = body
        self.remote = remote
        self.fault = fault
        self._params: Params | None = None

    @property
    def params(self) -> Params:
        """Give query and form parameters as PHP's `$_REQUEST` does: the form over the query, the last of a name."""
        if self._params is None:
            params = parse_query(self.query)
            if self.body and self.headers.get("Content-Type", "").partition(";")[0].strip().lower() == _FORM:
                params.update(parse_form(self.body))
            self._params = params
        return self._params
