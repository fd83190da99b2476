"""PBXs that come and go while the server runs: what is asked for, what came of it, and why it may not be.

Not here: who does it (app.py), the control API's routes (web/control/pbxs.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.config.copies import FreshCredential


class NoSuchPbx(Exception):
    """No PBX of the server has that name."""


class LastPbx(Exception):
    """A server without any PBX could answer nobody."""


class NewPbx(msgspec.Struct, frozen=True, kw_only=True):
    """A PBX that is to be served, too: by the `text` of a PBX file, or else as a copy of the one named `like`.

    `name` empty: the file's, with a number behind it where that is taken. `is_fresh`: with credentials of its own.
    `receiver`: where `${RECEIVER}` in a text stands for, and a copy's webhooks go; empty: as they are.
    """

    text: str = ""
    like: str = ""
    name: str = ""
    is_fresh: bool = False
    receiver: str = ""


class Admitted(msgspec.Struct, frozen=True):
    """The name of a PBX that is served now, and the credentials that were made for it."""

    name: str
    fresh: Sequence[FreshCredential]


class Admission(Protocol):
    """Takes PBXs in, and lets them go."""

    async def admit(self, wish: NewPbx) -> Admitted:
        """Serve one more, whose records are in memory.

        Raises NoSuchPbx, PbxFileRefused (also for a name or a credential that another has), PathClaimedTwice,
        CannotBegin, EngineUnreachable; nothing has changed then.
        """
        ...

    async def dismiss(self, name: str) -> None:
        """Serve it no more; calls in progress end with it. What a store has of it stays. Raises NoSuchPbx, LastPbx."""
        ...
