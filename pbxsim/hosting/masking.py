"""Hides secrets in whatever is shown of a request: what a vendor calls secret, and what is nearly so spelt.

A client that misspells `password` has still sent its password: names are compared without case and blanks, by likeness,
and by words that mean a secret anywhere (kit/secret_names.py). A secret that is known is hidden wherever it stands.
"""

from __future__ import annotations

import re
from copy import copy
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus, urlencode

import msgspec

from pbxsim.hosting.secret_values import MASK, NOTHING_SECRET
from pbxsim.kit.params import parse_form, parse_query
from pbxsim.kit.request import Request
from pbxsim.kit.secret_names import is_secret_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pbxsim.hosting.secret_values import SecretValues
    from pbxsim.kit.vendor import Vendor

_ALIKE: Final = 0.75  # `pasword`, `klicc`; but not `username` or `agentNumber`
_AFTER_EQUALS: Final = re.compile(r"(=|%3[Dd])[^&;?/]*")
_PAIR: Final = re.compile(r"(?<![^\s?&;=,\"'])([^\s?&;=,\"']++)=([^\s&;,\"']*+)")  # begins where a name can: linear
_REMEMBERED: Final = 4096
_REMEMBERED_FORMS: Final = 512
_SHORT: Final = 64  # characters of a name that is remembered, as any that is meant has
_MOST_PARAMS: Final = 200
_USUAL_PARAMS: Final = 40
_TELLTALE: Final = 6
LONGEST_BODY: Final = 16_384
"""Longer bodies are neither kept nor shown."""


class Mask:
    """What is secret in the requests to one vendor (or, for a path nobody owns, to any of several).

    `values` are the secrets that are known, whoever sends them.
    """

    def __init__(self, vendors: Iterable[Vendor], values: SecretValues = NOTHING_SECRET) -> None:
        self.values = values
        vendors = tuple(vendors)
        self._params = sorted({plain(name) for vendor in vendors for name in vendor.secret_params})
        self._headers = frozenset(name.casefold() for vendor in vendors for name in vendor.secret_headers)
        self._known: dict[str, bool] = {}
        self._hidden: dict[tuple[str, ...], tuple[str, ...]] = {}

    def as_of(self, learnt: int) -> Mask:
        """Give what hid as this did when its values had learnt so often."""
        values = self.values.as_of(learnt)
        if values is self.values:
            return self
        mask = copy(self)
        mask.values = values
        return mask

    def hides(self, name: str) -> bool:
        """Tell whether the value of a parameter of that name is a secret."""
        if len(name) > _SHORT:
            return self._judge(name)
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[name] = self._judge(name)
        return known

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """Give parameters (the first 200) with the secret ones' values hidden."""
        names = tuple(params)
        hidden = self._hidden.get(names)
        if hidden is None:
            hidden = self._look_through(names[:_MOST_PARAMS])
        shown = dict(params) if len(names) <= _MOST_PARAMS else dict(islice(params.items(), _MOST_PARAMS))
        for name in hidden:
            shown[name] = MASK
        return self.values.mapping(shown)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Give headers with the secret ones' values hidden, and secrets in URLs within the others (Referer)."""
        return self.values.mapping({name: self._header(name, value) for name, value in headers.items()})

    def path(self, path: str) -> str:
        """Give a path; what stands behind a `=` in it, where no parameter belongs, may be a secret and is hidden."""
        path = _AFTER_EQUALS.sub(rf"\1{MASK}", path) if "=" in path or "%3" in path else path
        return self.values.path(path)

    def body(self, request: Request) -> object:
        """Give a JSON body with its secrets hidden, a form as its parameters; of anything else only how long it is."""
        body = request.body
        if not body:
            return None
        if len(body) > LONGEST_BODY:
            return f"({len(body)} bytes, not shown)"
        try:
            return self._document(msgspec.json.decode(body))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        if _is_form(request):
            return self.params(parse_form(body))
        return f"({len(body)} bytes that are no JSON, not shown)"

    def request(self, request: Request) -> Request:
        """Give a request with its secrets hidden, which is shown as the one itself is."""
        query, body = parse_query(request.query, request.limits), request.body
        shown = self.body(request)
        if isinstance(shown, dict) and _is_form(request):
            body = urlencode(shown).encode()
        elif body:
            body = b"" if isinstance(shown, str) and shown.startswith("(") else msgspec.json.encode(shown)
        return Request(
            self.values.value(request.method),
            self.path(request.path),
            urlencode(self.params(query)),
            headers={_usual(name): value for name, value in self.headers(request.headers).items()},
            body=body,
            remote=request.remote,
            fault=request.fault,
            limits=request.limits,
        )

    def reply(self, text: str, request: Request) -> str:
        """Give a reply without any longer secret of its request; a short one may stand in it by chance (a PIN 1234)."""
        for value in self._secrets(request):
            text = text.replace(value, MASK) if len(value) >= _TELLTALE else text
        return self.values.text(text)

    def struck_out(self, text: str, request: Request) -> str:
        """Give text (a traceback) without any secret value that the request carried, plain or percent-encoded."""
        for value in self._secrets(request):
            for spelling in (value, quote(value), quote_plus(value)):
                text = text.replace(spelling, MASK)
        return self.values.text(text)

    def _secrets(self, request: Request) -> list[str]:
        values = [value for name, value in islice(request.params.items(), _MOST_PARAMS) if self.hides(name)]
        values += [value for name, value in request.headers.items() if self._is_secret_header(name)]
        return sorted((value for value in values if len(value) > 2), key=len, reverse=True)

    def secrets(self, request: Request) -> list[str]:
        """Give what stands in a request as a secret, known or not, in each spelling, the longest first."""
        values = {*self._secrets(request), *self._secrets_in(request.body)}
        spelt = {spelling for value in values for spelling in (value, quote(value), quote_plus(value))}
        return sorted(spelt, key=lambda text: (-len(text), text))

    def _secrets_in(self, body: bytes) -> list[str]:
        """Give those of a JSON body."""
        try:
            waiting = [msgspec.json.decode(body)]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return []
        found: list[str] = []
        while waiting:
            document = waiting.pop()
            if isinstance(document, dict):
                found += [each for name, each in document.items() if isinstance(each, str) and self.hides(name)]
                waiting += document.values()
            elif isinstance(document, list):
                waiting += document
        return [value for value in found if value]

    def _look_through(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Find the secrets among a request's names, and remember them: a client's next request is much the same."""
        hidden = tuple(name for name in names if self.hides(name))
        if len(self._hidden) >= _REMEMBERED_FORMS:
            self._hidden.clear()
        if len(names) < _USUAL_PARAMS and max(map(len, names), default=0) <= _SHORT:
            self._hidden[names] = hidden
        return hidden

    def _judge(self, name: str) -> bool:
        letters = plain(name)
        if letters in self._params or is_secret_name(name):
            return True
        return any(_alike(letters, secret) for secret in self._params)

    def _is_secret_header(self, name: str) -> bool:
        return name.casefold() in self._headers or is_secret_name(name)

    def _header(self, name: str, value: str) -> str:
        if self._is_secret_header(name):
            return MASK
        return self.pairs(value.encode(errors="replace").decode())  # bytes that were no UTF-8 came as lone surrogates

    def pairs(self, text: str) -> str:
        """Give a text with the secret ones' values hidden wherever there is a `name=value`, as in a URL."""
        return _PAIR.sub(lambda pair: f"{pair[1]}={MASK if self.hides(pair[1]) else pair[2]}", text)

    def _document(self, document: object) -> object:
        if isinstance(document, dict):
            shown = self.values.value
            return {
                shown(name): MASK if self.hides(name) else self._document(value) for name, value in document.items()
            }
        if isinstance(document, list):
            return [self._document(entry) for entry in document]
        return self.values.value(document) if isinstance(document, str) else document


def _alike(name: str, secret: str) -> bool:
    if abs(len(name) - len(secret)) > 3:
        return False
    matcher = SequenceMatcher(None, name, secret)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _usual(header: str) -> str:
    """Spell the one header as it is looked for, that says how a body is read; there may be no case to ignore."""
    return "Content-Type" if header.lower() == "content-type" else str(header)


def _is_form(request: Request) -> bool:
    return request.headers.get("Content-Type", "").lower().startswith("application/x-www-form-urlencoded")
