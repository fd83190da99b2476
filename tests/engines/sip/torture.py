"""The 49 cases of RFC 4475, each as a message of our own that has the trait which the RFC's case is about.

What is expected is what that RFC says of an element that serves a user; where it leaves a choice, ours is named.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Case(NamedTuple):
    """One case, by the RFC's name. `code`: how a server answers it at once; None: not at all.

    `reads`: whether it is taken for a message that can be worked with.
    """

    section: str
    name: str
    message: bytes
    code: int | None
    reads: bool = True


SDP: Final = b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
_HEAD: Final = {
    b"Via": b"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKtort",
    b"From": b"<sip:sip100@pbx.example>;tag=a1",
    b"To": b"<sip:102@pbx.example>",
    b"Max-Forwards": b"70",
}


def request(start: bytes, name: str, changed: dict[bytes, bytes | None] | None = None, body: bytes = b"") -> bytes:
    """Spell a request that is sound but for what is changed; None leaves a field out."""
    method = start.partition(b" ")[0]
    fields: dict[bytes, bytes | None] = {
        **_HEAD,
        b"Call-ID": f"{name}.torture@192.0.2.9".encode(),
        b"CSeq": b"7 " + method,
        b"Contact": b"<sip:sip100@192.0.2.9>",
        b"Content-Length": str(len(body)).encode(),
        **(changed or {}),
    }
    lines = [start, *(field + b": " + value for field, value in fields.items() if value is not None)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _response(start: bytes, changed: dict[bytes, bytes | None] | None = None) -> bytes:
    told: dict[bytes, bytes | None] = {b"To": b"<sip:102@pbx.example>;tag=b2", b"CSeq": b"7 INVITE", **(changed or {})}
    return request(start, "answer", told)


_INVITE: Final = b"INVITE sip:102@pbx.example SIP/2.0"
_OPTIONS: Final = b"OPTIONS sip:pbx.example SIP/2.0"
_REGISTER: Final = b"REGISTER sip:pbx.example SIP/2.0"
_TYPED: Final[dict[bytes, bytes | None]] = {b"Content-Type": b"application/sdp"}

VALID: Final = (
    Case(
        "3.1.1.1",
        "wsinv",
        b"INVITE sip:102@pbx.example;unknownparam SIP/2.0\r\nTO :\r\n sip:102@pbx.example ;   later   = x\r\n"
        b'from   : "A Name \\\\\\""       <sip:sip100@pbx.example>\r\n  ;\r\n  tag = a1\r\nMaX-fOrWaRdS: 0068\r\n'
        b"Call-ID: wsinv.torture@192.0.2.9\r\nContent-Length   : 0\r\ncseq: 0009\r\n  INVITE\r\n"
        b"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skd\r\ns :\r\nNewField:   one\r\n two\r\n"
        b"UnknownField: ;;,,;;,;\r\nRoute:\r\n <sip:services.example;lr;unknownwith=value;unknown-no-value>\r\n"
        b"v:  SIP  / 2.0  / TCP    192.0.2.3  ;\r\n  branch  =   z9hG4bK9ik8  ,\r\n SIP  /    2.0   /\r\n UDP 192.0.2.4"
        b';branch=\r\n z9hG4bK30\r\nm:"Quoted \\"" <sip:sip100@192.0.2.9>;newparam =\r\n      newvalue ;\r\n  q = 0.33'
        b"\r\n\r\n",
        401,
    ),
    Case(
        "3.1.1.2",
        "intmeth",
        request(
            b"!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
            b":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@pbx.example SIP/2.0",
            "intmeth",
        ),
        405,
    ),
    Case("3.1.1.3", "esc01", request(b"INVITE sip:sips%3Auser%40example.com@pbx.example SIP/2.0", "esc01"), 401),
    Case("3.1.1.4", "escnull", request(_REGISTER, "escnull", {b"Contact": b"<sip:%00@192.0.2.9>"}), 401),
    Case("3.1.1.5", "esc02", request(b"RE%47IST%45R sip:pbx.example SIP/2.0", "esc02"), 405),
    Case("3.1.1.6", "lwsdisp", request(_OPTIONS, "lwsdisp", {b"From": b"caller<sip:caller@example.com>;tag=323"}), 200),
    Case(
        "3.1.1.7",
        "longreq",
        request(
            _OPTIONS,
            "longreq" + "q" * 200,
            {
                b"From": b'"' + b"name " * 60 + b'" <sip:' + b"caller" * 50 + b"@example.com>;tag=" + b"t" * 300,
                b"Unknown-" + b"Long" * 10 + b"-Name": b"unknown " * 80,
                b"Via": b", ".join(b"SIP/2.0/TCP host%d.example.com;branch=z9hG4bK%d" % (n, n) for n in range(34)),
            },
        ),
        200,
    ),
    Case("3.1.1.8", "dblreq", request(_OPTIONS, "dblreq") + request(_INVITE, "second", _TYPED, SDP), 200),
    Case("3.1.1.9", "semiuri", request(b"OPTIONS sip:user;par=u%40example.net@pbx.example SIP/2.0", "semiuri"), 200),
    Case(
        "3.1.1.10",
        "transports",
        request(
            _OPTIONS,
            "transports",
            {
                b"Via": b"SIP/2.0/UDP t1.example.com;branch=z9hG4bKa, SIP/2.0/SCTP t2.example.com;branch=z9hG4bKb, "
                b"SIP/2.0/TLS t3.example.com;branch=z9hG4bKc, SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKd"
            },
        ),
        200,
    ),
    Case(
        "3.1.1.11",
        "mpart01",
        request(
            b"MESSAGE sip:102@pbx.example SIP/2.0",
            "mpart01",
            {b"Content-Type": b"multipart/mixed;boundary=7a9cbec02ceef655"},
            b"--7a9cbec02ceef655\r\n\r\nHello\r\n--7a9cbec02ceef655\r\n\r\n0\x82\x01\x52\x06\x09\r\n\r\n\0\xff\r\n--7a--\r\n",
        ),
        405,
    ),
    Case("3.1.1.12", "unreason", _response("SIP/2.0 200 = 2**3 * 5**2 но сто простых".encode()), None),
    Case("3.1.1.13", "noreason", _response(b"SIP/2.0 100 "), None),
)

INVALID: Final = (
    Case(
        "3.1.2.1",
        "badinv01",
        request(_INVITE, "badinv01", {b"From": b'"J" <sip:a@b.c>;;tag=x;,,;,,', b"CSeq": b"x"}),
        400,
    ),
    Case("3.1.2.2", "clerr", request(_INVITE, "clerr", {**_TYPED, b"Content-Length": b"9999"}, SDP), 400),
    Case("3.1.2.3", "ncl", request(_INVITE, "ncl", {**_TYPED, b"Content-Length": b"-999"}, SDP), 400),
    Case("3.1.2.4", "scalar02", request(_REGISTER, "scalar02", {b"CSeq": b"36893488147419103232 REGISTER"}), 400),
    Case(
        "3.1.2.5",
        "scalarlg",
        _response(b"SIP/2.0 503 Service Unavailable", {b"CSeq": b"9292394834772304 INVITE"}),
        None,
        reads=False,
    ),
    Case("3.1.2.6", "quotbal", request(_INVITE, "quotbal", {b"To": b'"Mr. J. User <sip:j.user@example.com>'}), 400),
    Case("3.1.2.7", "ltgtruri", request(b"INVITE <sip:102@pbx.example> SIP/2.0", "ltgtruri"), 400),
    Case("3.1.2.8", "lwsruri", request(b"INVITE sip:102@pbx.example; lr SIP/2.0", "lwsruri"), 400),
    Case("3.1.2.9", "lwsstart", request(b"INVITE  sip:102@pbx.example  SIP/2.0", "lwsstart"), 400),
    Case("3.1.2.10", "trws", request(b"OPTIONS sip:102@pbx.example SIP/2.0  ", "trws"), 400),
    Case(
        "3.1.2.11",
        "escruri",
        request(b"INVITE sip:102@pbx.example?Route=%3Csip:example.com%3E SIP/2.0", "escruri"),
        401,
    ),
    Case("3.1.2.12", "baddate", request(_INVITE, "baddate", {b"Date": b"Fri, 01 Jan 2010 16:00:00 EST"}), 401),
    Case(
        "3.1.2.13",
        "regbadct",
        request(_REGISTER, "regbadct", {b"Contact": b"sip:user@example.com?Route=%3Csip:a%3E"}),
        401,
    ),
    Case(
        "3.1.2.14",
        "badaspec",
        request(_OPTIONS, "badaspec", {b"To": b'"Watson, Thomas" < sip:t.watson@example.org >'}),
        400,
    ),
    Case(
        "3.1.2.15", "baddn", request(_OPTIONS, "baddn", {b"From": b"Bell, Alexander <sip:a@example.com>;tag=43"}), 200
    ),
    Case("3.1.2.16", "badvers", request(b"OPTIONS sip:pbx.example SIP/7.0", "badvers"), 505),
    Case("3.1.2.17", "mismatch01", request(_OPTIONS, "mismatch01", {b"CSeq": b"8 INVITE"}), 400),
    Case(
        "3.1.2.18",
        "mismatch02",
        request(b"NEWMETHOD sip:pbx.example SIP/2.0", "mismatch02", {b"CSeq": b"8 INVITE"}),
        400,
    ),
    Case("3.1.2.19", "bigcode", _response(b"SIP/2.0 4294967301 better not break the receiver"), None, reads=False),
)

OTHERS: Final = (
    Case("3.2.1", "badbranch", request(_OPTIONS, "badbranch", {b"Via": b"SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK"}), 200),
    Case("3.3.1", "insuf", request(_INVITE, "insuf", {b"To": None, b"From": None, b"Call-ID": None}), 400),
    Case("3.3.2", "unkscm", request(b"OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", "unkscm"), 416),
    Case("3.3.3", "novelsc", request(b"OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", "novelsc"), 416),
    Case(
        "3.3.4",
        "unksm2",
        request(_REGISTER, "unksm2", {b"To": b"isbn:2983792873", b"Contact": b"<name:John_Smith>"}),
        400,
    ),
    Case(
        "3.3.5",
        "bext01",
        request(_OPTIONS, "bext01", {b"Require": b"nothingSupportsThis, nothingSupportsThisEither"}),
        420,
    ),
    Case(
        "3.3.6", "invut", request(_INVITE, "invut", {b"Content-Type": b"application/unknownformat"}, b"<audio/>"), 401
    ),
    Case(
        "3.3.7",
        "regaut01",
        request(_REGISTER, "regaut01", {b"Authorization": b"NoOneKnowsThisScheme opaque-data=here"}),
        401,
    ),
    Case(
        "3.3.8", "multi01", request(_INVITE, "multi01").replace(b"\r\nTo:", b"\r\nFrom: <sip:b@c.d>;tag=9\r\nTo:"), 400
    ),
    Case("3.3.9", "mcl01", request(_OPTIONS, "mcl01").replace(b"\r\nTo:", b"\r\nContent-Length: 20\r\nTo:"), 400),
    Case(
        "3.3.10",
        "bcast",
        _response(b"SIP/2.0 200 OK", {b"Via": b"SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1;received=255.255.255.255"}),
        None,
    ),
    Case("3.3.11", "zeromf", request(_OPTIONS, "zeromf", {b"Max-Forwards": b"0"}), 200),
    Case(
        "3.3.12",
        "cparam01",
        request(_REGISTER, "cparam01", {b"Contact": b"sip:+19725552222@gw1.example.net;unknownparam"}),
        401,
    ),
    Case(
        "3.3.13",
        "cparam02",
        request(_REGISTER, "cparam02", {b"Contact": b"<sip:+19725552222@gw1.example.net;unknownparam>"}),
        401,
    ),
    Case(
        "3.3.14",
        "regescrt",
        request(_REGISTER, "regescrt", {b"Contact": b"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"}),
        401,
    ),
    Case("3.3.15", "sdp01", request(_INVITE, "sdp01", {b"Accept": b"text/nobodyKnowsThis"}), 401),
    Case(
        "3.4.1",
        "inv2543",
        request(_INVITE, "inv2543", {b"Via": b"SIP/2.0/UDP iftgw.example.com", b"Max-Forwards": None, **_TYPED}, SDP),
        401,
    ),
)

CASES: Final = (*VALID, *INVALID, *OTHERS)
