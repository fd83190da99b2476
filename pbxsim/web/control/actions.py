"""What can be asked of a PBX by its vendors' interfaces: their actions as forms, each with an example that works.

No credential is in any of them. Where one belongs stands `***`, and the server puts the real one there (trying.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.kit.form import Field, Form, Identity
    from pbxsim.kit.vendor import Vendor


class FieldShown(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter; without a `value` the example does without it."""

    name: str
    place: str
    value: Any | msgspec.UnsetType = msgspec.UNSET
    required: bool
    group: str | None
    choices: tuple[str, ...]


class IdentityShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask: `as_` is what X-Pbxsim-As has behind the PBX's name."""

    as_: str = msgspec.field(name="as")
    title: str
    values: Mapping[str, str]


class ExampleShown(msgspec.Struct, frozen=True, kw_only=True):
    """The request that the form sends as it stands."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str | None


class ActionShown(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a vendor's; `name` is the list's, for the next page."""

    name: str
    vendor: str
    title: str
    action: str
    path: str
    methods: tuple[str, ...]
    fields: list[FieldShown]
    identities: list[IdentityShown]
    example: ExampleShown


async def listed(host: HostedPbx, query: NamedPage) -> Response:
    """List the actions of all vendors that the PBX speaks, each vendor's in its manual's order."""
    return await named_listing(
        _declared(host), query, lambda pair: _action(*pair), name=lambda pair: _name(*pair), host=host
    )


def _declared(host: HostedPbx) -> Iterator[tuple[Vendor, Form]]:
    for name, vendor in host.spoken.items():
        for form in vendor.forms(host.interfaces[name]):
            yield vendor, form


def _name(vendor: Vendor, form: Form) -> str:
    return f"{vendor.name}/{form.action}"


def _action(vendor: Vendor, form: Form) -> ActionShown:
    return ActionShown(
        name=_name(vendor, form),
        vendor=vendor.name,
        title=vendor.title,
        action=form.action,
        path=form.path,
        methods=form.methods,
        fields=[_field(field) for field in form.fields],
        identities=[_identity(identity) for identity in form.identities],
        example=_example(form),
    )


def _field(field: Field) -> FieldShown:
    return FieldShown(
        name=field.name,
        place=field.place,
        value=field.value,
        required=field.required,
        group=field.group or None,
        choices=field.choices,
    )


def _identity(identity: Identity) -> IdentityShown:
    return IdentityShown(as_=identity.path, title=identity.title, values=identity.values)


def _example(form: Form) -> ExampleShown:
    request = form.example()
    target = f"{request.path}?{request.query}" if request.query else request.path
    body = request.body.decode() if request.body else None
    return ExampleShown(method=request.method, target=target, headers=request.headers, body=body)
