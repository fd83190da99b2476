"""Long replies, made ready for a request before it is answered (`Vendor.prepare`), and kept only until then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

LONG: Final = 200
"""More objects, or records, make a reply that may be long: it takes more than a millisecond."""


class InTheMaking(Protocol):
    """What one request asks for of a vendor whose `state` this is, and what of the reply is ready. Raises Refusal."""

    state: Any

    def __init__(self, request: Request, state: Any) -> None: ...  # noqa: ANN401 - each vendor's own class

    def prepare(self) -> Iterator[None]:
        """Make ready what has to be made ready anew, a piece at a time; whatever happens in between."""
        ...

    def told(self) -> Reply:
        """Give the reply as things are now, whatever was prepared."""
        ...


_MakingT = TypeVar("_MakingT", bound=InTheMaking)


def preparation(making: InTheMaking, request: Request) -> Iterator[None]:
    """Have a request's reply made ready, to be taken when it is answered."""
    request.prepared = making
    return making.prepare()


def taken(kind: type[_MakingT], request: Request, state: object) -> _MakingT:
    """Take what was made ready for a request; what nothing was made ready for, or on a PBX as it was, is begun now."""
    prepared, request.prepared = request.prepared, None
    return prepared if isinstance(prepared, kind) and prepared.state is state else kind(request, state)
