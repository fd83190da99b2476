"""The PBXs of the server: which there are, one more, one less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.config.fault import PbxFileRefused
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.hosting.admission import LastPbx, NewPbx, NoSuchPbx
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.receiving import is_url
from pbxsim.kit.request import Request
from pbxsim.kit.values import PbxName
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.paths import PathClaimedTwice

if TYPE_CHECKING:
    from pbxsim.hosting.admission import Admission
    from pbxsim.hosting.hosted_pbx import HostedPbx


class PbxWish(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A PBX that is to be served as well: the `text` of a PBX file, or a `copy` of one that is served.

    `fresh_credentials` absent: a copy gets them, a text keeps what stands in it.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000_000)] | None = None
    copy: str | None = None
    name: PbxName | None = None
    fresh_credentials: bool | None = None
    receiver: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)] | None = None


class PbxShown(msgspec.Struct, frozen=True, kw_only=True):
    """A PBX: its name, its seed, its clock, and the vendors that it speaks."""

    name: str
    seed: int
    now: str
    rate: float
    vendors: list[str]


async def listed(hosts: Hosts, query: NamedPage) -> Response:
    """List the PBXs of the server; the first is the one that is meant where none is named."""
    return await named_listing(hosts, query, _shown, name=lambda host: host.name)


async def add(hosts: Hosts, body: PbxWish) -> Response:
    """Serve one more, and tell the credentials that were made for it: they are shown nowhere else."""
    admission = _admission(hosts)
    try:
        admitted = await admission.admit(_wish(body))
    except NoSuchPbx:
        raise Problem(422, f"copy: no PBX is named {body.copy!r}; there are: {', '.join(hosts.names())}") from None
    except (PbxFileRefused, PathClaimedTwice) as error:
        raise Problem(422, str(error)) from None
    except (CannotBegin, EngineUnreachable) as error:
        raise Problem(503, str(error)) from None
    host = hosts.named(admitted.name)
    assert host is not None  # nothing has been awaited since
    shown: dict[str, Any] = msgspec.structs.asdict(_shown(host))
    location = ("Location", f"/_pbxsim/pbxs/{host.name}")
    return document({**shown, "credentials": admitted.fresh}, 201, location)


async def remove(hosts: Hosts, name: str) -> Response:
    """Serve it no more."""
    host = hosts.named(name)
    try:
        await _admission(hosts).dismiss(name)
    except NoSuchPbx:
        raise Problem(404, f"no PBX is named {name!r}; there are: {', '.join(hosts.names())}") from None
    except LastPbx:
        raise Problem(409, f"{name} is the only PBX; a server without one could answer nobody") from None
    assert host is not None  # it was there
    return document(_shown(host))


async def remove_meant(hosts: Hosts, request: Request) -> Response:
    """Serve the PBX no more that `?pbx=` names."""
    if "pbx" not in request.params:
        raise Problem(422, "query: which one? pbx is its name")
    return await remove(hosts, request.params["pbx"])


def _wish(body: PbxWish) -> NewPbx:
    if (body.text is None) == (body.copy is None):
        raise Problem(422, "body: what? Either text, or copy: the name of a PBX that is served")
    if body.receiver is not None and not (is_url(body.receiver) and _is_beginning(body.receiver)):
        raise Problem(422, "body: receiver is the beginning of an http(s) URL, as http://127.0.0.1:9000")
    is_fresh = body.copy is not None if body.fresh_credentials is None else body.fresh_credentials
    return NewPbx(
        text=body.text or "",
        like=body.copy or "",
        name=body.name or "",
        is_fresh=is_fresh,
        receiver=body.receiver or "",
    )


def _is_beginning(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and not parts.fragment and "@" not in parts.netloc


def _admission(hosts: Hosts) -> Admission:
    if hosts.admission is None:
        raise Problem(409, "this server takes no further PBXs in")
    return hosts.admission


def _shown(host: HostedPbx) -> PbxShown:
    return PbxShown(
        name=host.name,
        seed=host.seed,
        now=iso(host.pbx.clock.now),
        rate=host.driver.rate,
        vendors=list(host.interfaces),
    )
