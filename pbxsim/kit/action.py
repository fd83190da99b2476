"""One row of a vendor's table of actions: under the vendor's own name, the function that carries an action out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

StateT = TypeVar("StateT")


class Action(msgspec.Struct, Generic[StateT], frozen=True, kw_only=True):
    """An action. `handler` takes the request and the vendor's state on this PBX, and may raise Refusal.

    A vendor says what else it knows of its actions (parameters, methods) in fields of its own.
    """

    handler: Callable[[Request, StateT], Reply]
