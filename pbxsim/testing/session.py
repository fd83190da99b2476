"""What one pytest run keeps: its servers, which of their PBXs a test has just now, and the webhook receiver."""

from __future__ import annotations

import os
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pbxsim.testing.client import Pbx
from pbxsim.testing.control import ControlRefused, ServerGone
from pbxsim.testing.pbx_files import PLACE, PbxText, day_zone, with_receiver
from pbxsim.testing.receiver import Receiver
from pbxsim.testing.server import PbxServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

_IDLE: Final = 8
"""So many PBXs wait to be used again, as a rule one; those that were used longest ago go first."""


class Session:
    """Serves `default`, and whatever else tests ask for.

    With `url` PBXs are hosted in that server, under credentials of their own (PBXSIM_CONTROL_TOKEN is the token that it
    may ask for); without, each PBX file has a server of its own, in a child process or `in_process`, so that it is
    served with the credentials that stand in it.
    """

    def __init__(self, default: str, *, url: str | None = None, in_process: bool = False) -> None:
        self._default = default
        self._url = url
        self._in_process = in_process
        self._receiver: Receiver | None = None
        self._idle: OrderedDict[Pbx, PbxText] = OrderedDict()
        self._taken: dict[Pbx, PbxText] = {}
        self._server: Pbx | None = None

    def server(self) -> Pbx:
        """Give the run's own server; `pbx` is never the PBX that this gives."""
        if self._server is None:
            self._server = self._begin(self._text(None, lambda: self._open_receiver().url))
        return self._server

    def fresh_receiver(self) -> Receiver:
        """Give the receiver as if it had just been made."""
        receiver = self._open_receiver()
        receiver.reset()
        return receiver

    def take(self, file: str | None, seed: int | None, receiver: Callable[[], str]) -> Pbx:
        """Give a PBX of a file, at its start, with a held clock; `receiver` is asked only where the file names it."""
        text = self._text(file, receiver)
        pbx = next((idle for idle, known in self._idle.items() if known == text), None)
        if pbx is None:
            pbx = self._begin(text)
        else:
            del self._idle[pbx]
        self._taken[pbx] = text
        pbx.set_rate(0)
        pbx.reset(seed)
        return pbx

    def day_zone(self, pbx: Pbx, vendor: str) -> ZoneInfo:
        """Tell in which time zone a vendor's days begin in a PBX that is taken."""
        return day_zone(self._taken[pbx].text, vendor)

    def give_back(self, pbx: Pbx) -> None:
        """Have it used again by a later test."""
        self._idle[pbx] = self._taken.pop(pbx)
        while len(self._idle) > _IDLE:
            self._end(self._idle.popitem(last=False)[0])

    def close(self) -> None:
        """End all of it."""
        for pbx in (*self._idle, *self._taken, *([] if self._server is None else [self._server])):
            self._end(pbx)
        if self._receiver is not None:
            self._receiver.close()

    def _open_receiver(self) -> Receiver:
        if self._receiver is None:
            self._receiver = Receiver()
        return self._receiver

    def _text(self, file: str | None, receiver: Callable[[], str]) -> PbxText:
        text = PbxText.read(self._default if file is None else file)
        return with_receiver(text, receiver()) if PLACE in text.text else text

    def _begin(self, text: PbxText) -> Pbx:
        if self._url is not None:
            return Pbx(self._url, token=os.environ.get("PBXSIM_CONTROL_TOKEN", "")).host(text.text)
        server = PbxServer(text, process=not self._in_process)
        server.start()
        return server

    def _end(self, pbx: Pbx) -> None:
        if isinstance(pbx, PbxServer):
            pbx.stop()
        else:
            with suppress(ControlRefused, ServerGone):  # it, or the whole server, may be gone already
                pbx.remove()
