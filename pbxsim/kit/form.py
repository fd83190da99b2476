"""What a client may fill in to have one action of a vendor's done, with an example that works as it stands.

A vendor gives its forms from what it declares and from what is on the PBX now. No credential is in any of them: where
one belongs stands HIDDEN, and `filled` puts the real one there when the request is sent (web/control/trying.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, unquote_plus, urlencode

import msgspec

from pbxsim.kit.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HIDDEN: Final = "***"
"""Stands where a secret belongs."""

_SAFE: Final = "-._~*,:@/"  # stands for itself in a query, and is easier to read so

Place = Literal["query", "header", "json"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter, and where in a request it stands.

    `value` is what the example has: a text, in a JSON body anything that JSON has; UNSET: the example does without.
    `required`: the action is refused without it. Of the fields with one `group` one must be given. `choices` are values
    that work here and now, not all that do.
    """

    name: str
    place: Place = "query"
    value: Any = msgspec.UNSET
    required: bool = False
    group: str = ""
    choices: tuple[str, ...] = ()


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask: an entry of the vendor's settings, by its path there, e.g. `users[0]`, with the values it asks by.

    `title` says which it is, without any secret.
    """

    path: str
    title: str
    values: Mapping[str, str]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """An action under the vendor's own name; the first of `methods` is the example's, the first of `identities` too."""

    action: str
    path: str
    methods: tuple[str, ...]
    fields: tuple[Field, ...]
    identities: tuple[Identity, ...]

    def example(self, identity: Identity | None = None) -> Request:
        """Give the request that the form sends where nobody changes anything; secrets are HIDDEN in it."""
        values = dict(identity.values if identity is not None else self._usual())
        given = {field.name: values.get(field.name, field.value) for field in self.fields}
        placed: dict[Place, dict[str, Any]] = {"query": {}, "header": {}, "json": {}}
        for field in self.fields:
            if given[field.name] is not msgspec.UNSET:
                placed[field.place][field.name] = given[field.name]
        has_body = any(field.place == "json" for field in self.fields) or self._is_json
        headers = placed["header"] | ({"Content-Type": "application/json"} if has_body else {})
        body = msgspec.json.encode(placed["json"]) if has_body else b""
        return Request(self.methods[0], self.path, _query(placed["query"]), headers=headers, body=body)

    @property
    def _is_json(self) -> bool:
        """Tell whether the vendor's clients send JSON, with nothing in it too: none of it stands in the query."""
        return not any(field.place == "query" for field in self.fields)

    def _usual(self) -> Mapping[str, str]:
        return self.identities[0].values if self.identities else {}


def filled_headers(headers: Iterable[tuple[str, str]], secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """Put secrets, by the names of their headers, where HIDDEN stands as the value of one of them."""
    known = {name.lower(): secret for name, secret in secrets.items()}
    return [(name, known.get(name.lower(), value) if value == HIDDEN else value) for name, value in headers]


def filled_query(query: str, secrets: Mapping[str, str]) -> str:
    """Put secrets, by the names of their parameters, where HIDDEN stands in a query or a form; the rest stays as is."""
    return "&".join(_filled_pair(pair, secrets) for pair in query.split("&"))


def _filled_pair(pair: str, secrets: Mapping[str, str]) -> str:
    name, _, value = pair.partition("=")
    secret = secrets.get(unquote_plus(name)) if unquote_plus(value) == HIDDEN else None
    return pair if secret is None else f"{name}={quote(secret, safe='')}"


def _query(values: Mapping[str, Any]) -> str:
    return urlencode({name: str(value) for name, value in values.items()}, quote_via=quote, safe=_SAFE)
