"""Deliveries: what was to be told to whom, each try with what came back, and sending one once more.

A URL is shown without user name and password, without the values of parameters that are named like credentials, and
without what looks like a token in its path; a form that is posted without those values as well. Secrets that the server
knows are struck out everywhere.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, unquote_plus

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.config.credentials import tokens_of
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.secret_values import MASK
from pbxsim.kit.secret_names import is_secret_name
from pbxsim.sinks.delivery import Delivery, DeliveryState
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.paging import Page, discreet, listing
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Notice
    from pbxsim.sinks.delivery import Try
    from pbxsim.sinks.outbox.outbox import Outbox

_FORM: Final = "application/x-www-form-urlencoded"
_USER: Final = re.compile(r"(?<=//)[^/?#]*@")
_PAIR: Final = re.compile(r"(?<![^?&;=#])([^?&;=#]++)=([^&;#]*+)")  # begins where a name can, so that it is linear


class WebhookFilter(Page, kw_only=True):
    """Which deliveries; all that is given must fit."""

    receiver: str | None = None
    event: str | None = None
    state: Literal["pending", "delivered", "failed"] | None = None
    call: int | None = None


class TryShown(msgspec.Struct, frozen=True, kw_only=True):
    """One try; `at` on the PBX's clock, `took_ms` in the world's time. No status: nothing came, `error` says why."""

    at: str
    status: int | None
    reply: str
    error: str | None
    took_ms: float


class WebhookShown(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery. Its request's body is text, or base64 where it is not UTF-8; an e-mail's is its description."""

    id: int
    receiver: str
    vendor: str
    event: str
    call: int | None
    method: str
    url: str
    content_type: str | None
    body: str | None
    body_base64: str | None
    state: str
    posted_at: str
    due: str | None
    delivered_at: str | None
    redelivered: int
    tries: list[TryShown]


async def listed(host: HostedPbx, query: WebhookFilter) -> Response:
    """List the deliveries that are remembered, in the order of their ids."""
    outbox = host.outbox
    fitting = (delivery for delivery in outbox.known(query.after) if _fits(delivery, query))
    return await listing(
        fitting, query.limit, lambda delivery: shown(delivery, outbox), key=lambda delivery: delivery.id, host=host
    )


async def redeliver(host: HostedPbx, id_: int) -> Response:
    """Send a delivery once more, and show it as it stands in its receiver's order now."""
    try:
        delivery = await host.outbox.redeliver(id_)
    except NotStored as error:
        raise Problem(503, f"the store cannot tell whether there is a delivery {id_}: {error}") from None
    if delivery is None:
        raise Problem(404, f"there is no delivery {id_}")
    return discreet(document(shown(delivery, host.outbox), 202), host)


def _fits(delivery: Delivery, query: WebhookFilter) -> bool:
    notice = delivery.notice
    asked = (query.receiver, query.event, query.state, query.call)
    told = (notice.receiver, notice.event, delivery.state.value, notice.call)
    return all(wanted is None or wanted == value for wanted, value in zip(asked, told, strict=True))


def shown(delivery: Delivery, outbox: Outbox) -> WebhookShown:
    """Show a delivery, secrets hidden but for those that only the server knows (`discreet`)."""
    notice = delivery.notice
    is_pending = delivery.state is DeliveryState.PENDING
    is_delivered = delivery.state is DeliveryState.DELIVERED and delivery.tries
    body, body_base64 = _body(notice)
    return WebhookShown(
        id=delivery.id,
        receiver=notice.receiver,
        vendor=outbox.vendor(notice.receiver),
        event=notice.event,
        call=notice.call or None,
        method=notice.method,
        url=masked(notice.url),
        content_type=notice.content_type or None,
        body=body,
        body_base64=body_base64,
        state=delivery.state.value,
        posted_at=iso(delivery.posted_at),
        due=iso(delivery.due) if is_pending else None,
        delivered_at=iso(delivery.tries[-1].at) if is_delivered else None,
        redelivered=delivery.redelivered,
        tries=[_try(made) for made in delivery.tries],
    )


def _try(made: Try) -> TryShown:
    return TryShown(
        at=iso(made.at), status=made.status or None, reply=made.reply, error=made.error or None, took_ms=made.took
    )


def _body(notice: Notice) -> tuple[str | None, str | None]:
    if not notice.body:
        return None, None
    try:
        text = notice.body.decode()
    except UnicodeDecodeError:
        return None, b64encode(notice.body).decode()
    return _without_secrets(text) if notice.content_type.startswith(_FORM) else text, None


def masked(url: str) -> str:
    """Give a URL with its credentials hidden."""
    start, mark, query = _USER.sub(f"{MASK}@", url).partition("?")
    server, slash, path = start.partition("://")[2].partition("/")
    tokens = tokens_of(path)
    shown = "/".join(MASK if unquote(segment) in tokens else segment for segment in path.split("/"))
    return start[: len(start) - len(server + slash + path)] + server + slash + shown + mark + _without_secrets(query)


def _without_secrets(pairs: str) -> str:
    """Hide the secrets in a query; a form is one too."""
    return _PAIR.sub(_hidden, pairs)


def _hidden(pair: re.Match[str]) -> str:
    return f"{pair[1]}={MASK}" if is_secret_name(unquote_plus(pair[1])) else pair[0]
