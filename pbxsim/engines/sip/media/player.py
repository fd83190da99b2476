"""What we ourselves send to a telephone: a sound, and digits that are pressed for it, as one stream of packets."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.media import rtp
from pbxsim.engines.sip.media.codecs import FRAME
from pbxsim.engines.sip.media.digits import press
from pbxsim.engines.sip.media.g711 import Law

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.media.sounds import Source
    from pbxsim.engines.sip.media.ticker import Ticker

_MOST_WAITING: Final = 5_000
"""Packets of digits that wait to be sent: 100 s, more than a text of keys takes (pbx/dtmf.py)."""

_BETWEEN: Final = 5  # packets of sound between two digits: 100 ms (ITU-T Q.24 wants 40 at least)


class Player:
    """Plays to one telephone by the ticker, while there is something to play and it can be sent.

    `law` None: the telephone understands neither, and no sound is sent. `events` is the payload type of digits; None:
    the telephone takes none. `send` may raise OSError. `heard` is told each payload of sound.
    """

    def __init__(self, ticker: Ticker, number: int, send: Callable[[bytes], object]) -> None:
        self.law: Law | None = None
        self.events: int | None = None
        self.heard: Callable[[Law, bytes], object] | None = None
        self._ticker = ticker
        self._number = number  # the stream's: SSRC
        self._send = send
        self._source: Source | None = None
        self._over: Callable[[], object] | None = None
        self._presses: deque[bytes | None] = deque()  # None: a packet of sound
        self._pressed_at: int | None = None
        self._sequence = 0
        self._last = -2  # the tick in which sound was sent last

    def play(self, source: Source | None, over: Callable[[], object] | None = None) -> None:
        """Play something instead of what was; `over` is called if it comes to its own end."""
        if self._source is not None:
            self._source.stop()
        self._source, self._over = source, over
        self._run()

    def press(self, digit: str, milliseconds: int) -> bool:
        """Have a digit heard after those that wait; False: too many do, or the telephone takes none.

        Raises ValueError for what is no digit.
        """
        packets = tuple(press(digit, milliseconds))
        if self.events is None or len(self._presses) + len(packets) > _MOST_WAITING:
            return False
        self._presses.extend(packets)
        self._presses.extend([None] * _BETWEEN)
        self._run()
        return True

    def stop(self) -> None:
        """Play nothing any more, for good: whoever sent it is let go."""
        self._presses.clear()
        self.play(None)
        self._send, self.heard = _nowhere, None

    def _run(self) -> None:
        if self._source is None and not self._presses:
            self._ticker.remove(self._tick)
        else:
            self._ticker.add(self._tick)

    def _tick(self, tick: int) -> None:
        pressed = self._presses.popleft() if self._presses else None
        if pressed is not None:
            self._send_digit(tick, pressed)
            return
        self._pressed_at = None
        if self._source is not None:
            self._send_sound(tick, self._source)
        else:
            self._run()

    def _send_digit(self, tick: int, content: bytes) -> None:
        """Send one packet of a press: all have the time of its beginning."""
        begins = self._pressed_at is None
        at = self._pressed_at = tick if self._pressed_at is None else self._pressed_at
        if self.events is not None:
            self._packet(self.events | (rtp.MARK if begins else 0), at, content)

    def _send_sound(self, tick: int, source: Source) -> None:
        content = source.frame(self.law or Law.MU)
        if content is None:
            self._end()
            return
        if self.law is None:
            return
        mark = rtp.MARK if tick != self._last + 1 else 0
        self._last = tick
        self._packet(self.law.value | mark, tick, content)
        if self.heard is not None:
            self.heard(self.law, content)

    def _end(self) -> None:
        over, self._source, self._over = self._over, None, None
        self._run()
        if over is not None:
            over()

    def _packet(self, kind: int, tick: int, content: bytes) -> None:
        self._sequence += 1
        try:
            self._send(rtp.header(kind, self._sequence, tick * FRAME, self._number) + content)
        except OSError:  # nobody listens there, or its buffer is full: the next packet may come through
            return


def _nowhere(_packet: bytes) -> None:
    """Let a packet go: nobody sends it any more."""
