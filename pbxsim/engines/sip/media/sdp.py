"""Session descriptions: read (RFC 4566), offered and answered (RFC 3264), and led through us.

Pure: texts in, texts out. Only audio by RTP/AVP is taken; whatever else is offered is answered with port 0, as RFC 3264
(6) has it. What leads past us (ICE, keys, `rtcp`) is left out of what goes on, since media comes to our own ports.
"""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import msgspec

from pbxsim.engines.sip.media.codecs import OURS, STATIC, Codec, agreed

LONGEST: Final = 16_384
"""Bytes of a description; a telephone's has some 300 to 2,000."""

_MOST_LINES: Final = 500
_MOST_MEDIA: Final = 16
_PROFILES: Final = ("RTP/AVP", "RTP/AVPF")
_SHORT: Final = re.compile(r"[0-9]{1,3}")
_LARGEST_PORT: Final = 65_535


class BadDescription(ValueError):
    """A description cannot be read; says why. The answer is 400."""


class Unacceptable(ValueError):
    """There is nothing in a description that we can take; says why. The answer is 488 (RFC 3261, 21.4.26)."""


class Direction(StrEnum):
    """Which way media goes, seen from whoever describes it."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        """Tell whether who describes it sends."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        """Tell whether who describes it wants to be sent to."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @property
    def answered(self) -> Direction:
        """Give what is answered to it by who wants both ways (RFC 3264, 6.1)."""
        return _directed(sends=self.receives, receives=self.sends)


_DIRECTIONS: Final = {f"a={direction}": direction for direction in Direction}


class Audio(msgspec.Struct, frozen=True):
    """How somebody is reached by sound: `host` and `port` (0: not at all), what it understands, which way it goes.

    `ptime` is the length of packets that it wishes, in ms; 0: it does not say.
    """

    host: str
    port: int
    codecs: tuple[Codec, ...]
    direction: Direction = Direction.SENDRECV
    ptime: int = 0

    @property
    def speech(self) -> Codec | None:
        """Give the codec it likes best."""
        return next((codec for codec in self.codecs if codec.is_speech), None)

    @property
    def events(self) -> Codec | None:
        """Give the format in which it takes digits; None: it does not."""
        return next((codec for codec in self.codecs if codec.is_events), None)


class MediaStream(msgspec.Struct, frozen=True):
    """One `m=` line and what stands under it."""

    kind: str
    port: int
    profile: str
    formats: tuple[str, ...]
    lines: tuple[str, ...]


class Description(msgspec.Struct, frozen=True):
    """A whole description: the lines of the session as they stood, and its media."""

    lines: tuple[str, ...]
    media: tuple[MediaStream, ...]

    @property
    def place(self) -> int:
        """Tell which of the media is the audio that we take. Raises Unacceptable."""
        for place, stream in enumerate(self.media):
            if stream.kind == "audio" and stream.profile in _PROFILES and stream.port:
                return place
        raise Unacceptable("no audio by RTP/AVP is offered")

    @property
    def audio(self) -> Audio:
        """Give the audio that we take. Raises Unacceptable, BadDescription."""
        stream = self.media[self.place]
        host = _host(stream.lines) or _host(self.lines)
        if not host:
            raise BadDescription("no c= line says where media goes to")
        direction = _direction(stream.lines) or _direction(self.lines) or Direction.SENDRECV
        if is_nowhere(host):  # held as RFC 2543 had it
            direction = _directed(sends=direction.sends, receives=False)
        ptime = _attribute(stream.lines, "ptime")
        return Audio(host, stream.port, _codecs(stream), direction, int(ptime) if _SHORT.fullmatch(ptime) else 0)


class Ours(msgspec.Struct, frozen=True):
    """Our end in a description: the address and port at which we take media, and the session's number and version."""

    host: str
    port: int
    session: int
    version: int = 1

    def lines(self) -> list[str]:
        """Spell the session's lines."""
        kind = "IP6" if ":" in self.host else "IP4"
        return [
            "v=0",
            f"o=pbxsim {self.session} {self.version} IN {kind} {self.host}",
            "s=-",
            f"c=IN {kind} {self.host}",
            "t=0 0",
        ]


def read(body: bytes) -> Description:
    """Read a description. Raises BadDescription."""
    lines = _lines(body)
    if lines[0] != "v=0":
        raise BadDescription("a description begins with v=0")
    starts = [place for place, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) > _MOST_MEDIA:
        raise BadDescription("too many media")
    ends = [*starts, len(lines)][1:]
    media = (_stream(lines[begin], lines[begin + 1 : end]) for begin, end in zip(starts, ends, strict=True))
    return Description(tuple(lines[: starts[0]] if starts else lines), tuple(media))


def offer(ours: Ours, codecs: tuple[Codec, ...] = OURS, direction: Direction = Direction.SENDRECV) -> bytes:
    """Spell an offer of sound by us, in packets of 20 ms."""
    return _spelt([*ours.lines(), *_audio_lines(ours.port, codecs, direction)])


def answer(
    offered: Description, ours: Ours, liked: tuple[Codec, ...] = OURS, direction: Direction = Direction.SENDRECV
) -> tuple[bytes, tuple[Codec, ...]]:
    """Spell our answer to an offer, and give the codecs it agrees to, with the payload types of the offer.

    `direction` is what we should like; the offer may allow less. Raises Unacceptable, BadDescription.
    """
    theirs = offered.audio
    chosen = agreed(theirs.codecs, liked)
    if not chosen:
        raise Unacceptable("no codec is offered that we know: " + ", ".join(codec.name for codec in theirs.codecs))
    allowed = theirs.direction.answered
    way = _directed(
        sends=allowed.sends and direction.sends,
        receives=allowed.receives and direction.receives,
    )
    lines = ours.lines()
    for place, stream in enumerate(offered.media):
        lines += _audio_lines(ours.port, chosen, way) if place == offered.place else [_refused(stream)]
    return _spelt(lines), chosen


def is_nowhere(host: str) -> bool:
    """Tell whether an address is the one that stands for none."""
    return host in ("0.0.0.0", "::")


def _lines(body: bytes) -> list[str]:
    if len(body) > LONGEST:
        raise BadDescription("the description is too long")
    try:
        lines = [line for line in re.split(r"\r\n|\n|\r", body.decode()) if line]
    except UnicodeDecodeError as error:
        raise BadDescription("the description is not UTF-8") from error
    if not lines or len(lines) > _MOST_LINES:
        raise BadDescription("the description is empty" if not lines else "too many lines")
    for line in lines:
        if not re.match(r"[a-z]=", line) or "\0" in line:
            raise BadDescription(f"not a line of a description: {line[:40]!r}")
    return lines


def _stream(head: str, lines: list[str]) -> MediaStream:
    words = head[2:].split()
    if len(words) < 4:
        raise BadDescription(f"an m= line has media, port, profile and formats: {head[:40]!r}")
    kind, port, profile, *formats = words
    number = _number(port.partition("/")[0], "port")
    if number > _LARGEST_PORT:
        raise BadDescription("a port is at most 65535")
    return MediaStream(kind, number, profile, tuple(formats), tuple(lines))


def _codecs(stream: MediaStream) -> tuple[Codec, ...]:
    """Read the formats; those without a meaning are passed over, as RFC 3264 (6.1) lets one."""
    maps = dict(_by_format(stream.lines, "rtpmap"))
    parameters = dict(_by_format(stream.lines, "fmtp"))
    codecs = []
    for text in dict.fromkeys(stream.formats):
        kind = _number(text, "format")
        if kind > 127:
            raise BadDescription("a payload type is at most 127")
        codec = _mapped(kind, maps[text]) if text in maps else STATIC.get(kind)
        if codec is not None:
            codecs.append(msgspec.structs.replace(codec, parameters=parameters.get(text, "")))
    return tuple(codecs)


def _mapped(kind: int, text: str) -> Codec:
    name, rate, channels = ([*text.split("/"), "", ""])[:3]
    if not name or not rate:
        raise BadDescription(f"an rtpmap names a codec and its rate: {text[:40]!r}")
    return Codec(kind, name, _number(rate, "rate"), _number(channels, "channels") if channels else 1)


def _by_format(lines: tuple[str, ...], name: str) -> list[tuple[str, str]]:
    """Give the attributes of that name which are about one format: the format, and the rest."""
    found = (line.removeprefix(f"a={name}:").partition(" ") for line in lines if line.startswith(f"a={name}:"))
    return [(kind.strip(), rest.strip()) for kind, _, rest in found]


def _attribute(lines: tuple[str, ...], name: str) -> str:
    return next((line.removeprefix(f"a={name}:").strip() for line in lines if line.startswith(f"a={name}:")), "")


def _host(lines: tuple[str, ...]) -> str:
    for line in lines:
        if line.startswith("c="):
            words = line[2:].split()
            if len(words) < 3 or words[0] != "IN":
                raise BadDescription(f"a c= line has network, kind and address: {line[:40]!r}")
            return _numeric(words[2].partition("/")[0])
    return ""


def _numeric(host: str) -> str:
    """See that an address is one; no name is ever looked up, for whoever calls could have us ask anybody's server."""
    try:
        address = ip_address(host)
    except ValueError as error:
        raise BadDescription(f"media goes to an address, not to {host[:40]!r}") from error
    if address.is_multicast or host == "255.255.255.255":
        raise BadDescription("media goes to one telephone")
    return str(address)


def _direction(lines: tuple[str, ...]) -> Direction | None:
    return next((_DIRECTIONS[line] for line in lines if line in _DIRECTIONS), None)


def _directed(*, sends: bool, receives: bool) -> Direction:
    if sends:
        return Direction.SENDRECV if receives else Direction.SENDONLY
    return Direction.RECVONLY if receives else Direction.INACTIVE


def _number(text: str, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise BadDescription(f"{what} is a number, not {text[:40]!r}")
    return int(text)


def _audio_lines(port: int, codecs: tuple[Codec, ...], direction: Direction) -> list[str]:
    lines = [f"m=audio {port} RTP/AVP {' '.join(str(codec.payload_type) for codec in codecs)}"]
    for codec in codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        lines.append(f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.rate}{channels}")
        if codec.parameters:
            lines.append(f"a=fmtp:{codec.payload_type} {codec.parameters}")
    return [*lines, "a=ptime:20", f"a={direction}"]


def _refused(stream: MediaStream) -> str:
    return f"m={stream.kind} 0 {stream.profile} {' '.join(stream.formats)}"


def _spelt(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
