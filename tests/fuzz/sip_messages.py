"""SIP that nobody would send: the cases of RFC 4475 and a whole call, changed by a seed, some with the right password.

What comes out is given to an exchange without sockets (`Answering`), which must stand, answer in no time, and keep
nothing behind.
"""

from __future__ import annotations

import hashlib
import re
from random import Random
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.flow import Flow
from pbxsim.pbx.cause import HangupCause
from tests.engines.sip.answering import PASSWORD, REALM, USER, Answering
from tests.engines.sip.torture import CASES, SDP, request
from tests.fuzz.variation import bytes_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPED: Final[dict[bytes, bytes | None]] = {b"Content-Type": b"application/sdp"}
_CREDENTIALS: Final = b"@credentials@"
_KNOWN: Final[dict[bytes, bytes | None]] = {b"Authorization": _CREDENTIALS}
_VIA: Final = b"SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK@n@;rport"
_BEGINS: Final[dict[bytes, bytes | None]] = {**_KNOWN, b"Via": _VIA, b"Call-ID": b"call-@n@"}
_TAGGED: Final[dict[bytes, bytes | None]] = {
    b"Via": _VIA,
    b"To": b"<sip:102@pbx.example>;tag=@tag@",
    b"Call-ID": b"@call@",
}
_NONCE: Final = re.compile(rb'nonce="([^"]+)", algorithm=MD5')
_TAG: Final = re.compile(rb"\r\nTo: [^\r]*;tag=(t[0-9a-f]+)")
_CALL: Final = re.compile(rb"\r\nCall-ID: (call-[0-9]+)\r\n")
_LONGEST: Final = 16_384
_WAYS: Final = (Flow("UDP", "192.0.2.9", 5060), Flow("UDP", "2001:db8::9", 5060), Flow("TCP", "192.0.2.9", 40_000, 1))

SEEDS: Final = (
    *(case.message for case in CASES),
    request(b"REGISTER sip:pbx.example SIP/2.0", "r", {**_BEGINS, b"To": b"<sip:sip100@pbx.example>"}),
    request(
        b"REGISTER sip:pbx.example SIP/2.0", "r", {**_BEGINS, b"To": b"<sip:sip100@pbx.example>", b"Expires": b"0"}
    ),
    *[request(b"INVITE sip:102@pbx.example SIP/2.0", "c", {**_BEGINS, **_TYPED}, SDP)] * 6,
    request(b"INVITE sip:102@pbx.example SIP/2.0", "c", {**_BEGINS, b"Session-Expires": b"1800", b"k": b"timer"}),
    request(b"INVITE sip:102@pbx.example SIP/2.0", "c", {**_BEGINS, b"Require": b"100rel"}),
    request(b"INVITE sip:102@pbx.example SIP/2.0", "c", {**_BEGINS, **_TYPED, b"Supported": b"100rel"}, SDP),
    *[request(b"ACK sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, **_TYPED}, SDP)] * 3,
    request(b"PRACK sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, b"CSeq": b"2 PRACK", b"RAck": b"1 1 INVITE"}),
    *[request(b"CANCEL sip:102@pbx.example SIP/2.0", "c", {b"Via": _VIA, b"Call-ID": b"call-@n@"})] * 2,
    request(b"BYE sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, b"CSeq": b"9 BYE"}),
    request(b"INVITE sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, **_TYPED, b"CSeq": b"8 INVITE"}, SDP),
    request(b"UPDATE sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, b"CSeq": b"8 UPDATE"}),
    request(b"REFER sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, b"CSeq": b"8 REFER", b"Refer-To": b"<sip:103@pbx>"}),
    request(b"INFO sip:pbx@192.0.2.1 SIP/2.0", "c", {**_TAGGED, b"CSeq": b"8 INFO", b"c": b"application/dtmf"}, b"5"),
)
"""What is changed to make more: a call in its parts, so that many reach the inside of one."""


class Campaign:
    """Gives an exchange messages of a seed, one each hundredth of a second of its time."""

    def __init__(self, seed: int) -> None:
        self.answering = Answering()
        self.sent = 0
        self.answered = 0
        self._random = Random(seed)
        self._begun = 0  # the number of the request that began a call, or a registration, last
        self._tag = self._call = b"none"  # of the call that was answered last

    def run(self, messages: int) -> None:
        """Send so many. Raises what an exchange raises that does not stand."""
        for message in self._messages(messages):
            answers = self.answering.take(message, self._random.choice(_WAYS))
            for answer in answers:
                self._learn(answer)
            self.sent += 1
            self.answered += bool(answers)
            self.answering.passes(0.01)
            self.answering.sent()

    def rest(self) -> None:
        """Hang up what is left, and let so much time pass that all that anybody waits for is over."""
        self.answering.agent.hang_up_all(HangupCause.NORMAL_CLEARING)
        self.answering.passes(7_200)
        self.answering.sent()

    def _messages(self, count: int) -> Iterator[bytes]:
        pool = [*SEEDS]
        for _ in range(count):
            seed = self._random.choice(pool)
            changed = seed if self._random.random() < 0.2 else bytes_changed(seed, self._random)[:_LONGEST]
            if self._random.random() < 0.05:
                pool[len(SEEDS) :] = [*pool[len(SEEDS) :], changed][-50:]
            yield self._filled(changed)

    def _filled(self, message: bytes) -> bytes:
        """Put in what must fit what was before: a call that is on, a transaction that is not over, a password."""
        if _CREDENTIALS in message:
            self._begun = self.sent
        number = self._begun if message.startswith((b"CANCEL", b"INVITE", b"REGISTER")) else self.sent
        message = message.replace(b"@n@", b"%d" % number).replace(b"@tag@", self._tag).replace(b"@call@", self._call)
        return message.replace(_CREDENTIALS, self._credentials(message), 1)

    def _credentials(self, message: bytes) -> bytes:
        """Answer a challenge of just now, as the telephone of a line that knows its password."""
        if _CREDENTIALS not in message:
            return b""
        asked = request(b"REGISTER sip:pbx.example SIP/2.0", f"ask{self.sent}")
        found = _NONCE.search(b"".join(self.answering.take(asked)))
        nonce = found[1].decode() if found else ""
        method = message.split(b" ", 1)[0].decode("latin-1")
        who, what = _md5(USER, REALM, PASSWORD), _md5(method, "sip:a")
        answer = _md5(who, nonce, "00000001", "c", "auth", what)
        return (
            f'Digest username="{USER}", realm="{REALM}", nonce="{nonce}", uri="sip:a", response="{answer}",'
            f' algorithm=MD5, qop=auth, nc=00000001, cnonce="c"'
        ).encode()

    def _learn(self, answer: bytes) -> None:
        tag, call = _TAG.search(answer), _CALL.search(answer)
        if tag is not None and call is not None and answer.startswith(b"SIP/2.0 200"):
            self._tag, self._call = tag[1], call[1]


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
