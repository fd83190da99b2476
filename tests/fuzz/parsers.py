"""Everything that reads what outsiders write, each as a function of bytes that raises nothing but what it promises.

What is promised to be raised is caught here; anything else that comes out is a finding.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from pbxsim.discovery import find_vendors
from pbxsim.engines.sip.media import sdp
from pbxsim.engines.sip.media.sdp import BadDescription, Ours, Unacceptable
from pbxsim.engines.sip.message import Request as SipRequest
from pbxsim.engines.sip.message import read as sip_read
from pbxsim.engines.sip.message import response
from pbxsim.engines.sip.struck_out import struck_out
from pbxsim.hosting.masking import Mask
from pbxsim.hosting.secret_values import SecretValues
from pbxsim.kit.addresses import is_allowed
from pbxsim.kit.limits import USUAL
from pbxsim.kit.multipart import parse_multipart
from pbxsim.kit.numbers import international, misprint_hints, sip_address
from pbxsim.kit.params import parse_form, parse_query
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.request import Request
from pbxsim.pbx.numbers import BadPattern, compile_pattern
from pbxsim.vendors.duocom import template
from pbxsim.vendors.simotel.body import read_conditions, read_fields
from pbxsim.vendors.simotel.originate import caller_id_shown
from pbxsim.vendors.vum import placeholders
from pbxsim.web.control.webhooks import masked
from pbxsim.web.file_bytes import RangeNotSatisfiable, asked_for
from pbxsim.web.paths import VendorPaths, cleaned
from pbxsim.web.request_line import with_encoded_target
from tests.engines.sip.torture import CASES
from tests.fuzz.server import pbx_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.kit.params import Params

_VENDORS: Final = find_vendors()
_MASK: Final = Mask(_VENDORS.values())
_SECRETS: Final = SecretValues(["secretpwd", "MiClaveSecreta", "%41%zz"])
_PATHS: Final = VendorPaths(_VENDORS.values())
_LONGEST_FILE: Final = 4_096


def _bounded(params: Params) -> None:
    assert len(params) <= USUAL.parameters
    assert all(len(name) <= USUAL.parameter_name for name in params)
    assert all(len(value) <= USUAL.parameter_value + 1 for value in params.values())  # and the mark of no UTF-8
    params.unclean()


def _query(content: bytes) -> None:
    _bounded(parse_query(content.decode("latin-1")))


def _form(content: bytes) -> None:
    _bounded(parse_form(content))


def _multipart(content: bytes) -> None:
    kind, _, body = content.partition(b"\n")
    _bounded(parse_multipart(kind.decode("latin-1"), body))
    _bounded(parse_multipart("multipart/form-data; boundary=b", content))


def _json(content: bytes) -> None:
    with suppress(Refusal):
        read_conditions(read_fields(content))


def _pbx_file(content: bytes) -> None:
    text = content.decode("utf-8", "replace")[:_LONGEST_FILE]
    with suppress(PbxFileRefused):
        read(text, "fuzz.yaml", _VENDORS)


def _templates(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    placeholders.has_place_in_server(text)
    placeholders.read(text).filled(dict.fromkeys(placeholders.LETTERS, "é"))
    unknown = template.unknown_places(text, template.MAIL_PLACES)
    template.filled(text, dict.fromkeys((*unknown, *template.MAIL_PLACES), "1"))


def _addresses(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    with suppress(ValueError):
        is_allowed(text)
    masked(text)


def _numbers(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    sip_address(text)
    international(text)
    misprint_hints("number", text)
    caller_id_shown(text)
    with suppress(BadPattern):
        compile_pattern(text[:200])


def _request(content: bytes) -> None:
    with_encoded_target(content)
    text = content.decode("latin-1")
    _PATHS.hints("/" + text)
    cleaned("/" + text)
    with suppress(RangeNotSatisfiable):
        asked_for("bytes=" + text, 1_000)
    request = Request(
        "POST", "/" + text, text, headers={"Content-Type": "application/x-www-form-urlencoded"}, body=content
    )
    _MASK.body(request)
    _MASK.path(request.path)
    _MASK.headers({"X": text})
    assert "secretpwd" not in _SECRETS.text(text)


def _description(content: bytes) -> None:
    ours = Ours("192.0.2.1", 40_000, 1)
    with suppress(BadDescription, Unacceptable):
        offered = sdp.read(content)
        body, chosen = sdp.answer(offered, ours)
        assert sdp.read(body).audio.codecs == chosen
        assert len(sdp.read(body).media) == len(offered.media)


def _sip(content: bytes) -> None:
    message = sip_read(content)
    if isinstance(message, SipRequest):
        bytes(response(message, 400, message.fault or "Bad Request", tag="t", received=("192.0.2.9", 5060)))
    assert b"topsecret" not in struck_out(content + b'\r\nAuthorization: Digest response="topsecret"\r\n')


PARSERS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "query": _query,
    "form": _form,
    "multipart": _multipart,
    "json": _json,
    "pbx-file": _pbx_file,
    "templates": _templates,
    "addresses": _addresses,
    "numbers": _numbers,
    "request": _request,
    "description": _description,
    "sip": _sip,
}
SLOWER: Final[Mapping[str, int]] = {"pbx-file": 20}
"""How many times fewer inputs a parser gets that takes longer: every fault of a PBX file is named, by a schema."""

_PIECES: Final = pbx_text().encode().split(b"\n\n")
SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "query": (b"username=voipsun&password=secretpwd&action=originate&dstNum=%2B420", b"a[]=1&a[b]=%C3%A9&c=+"),
    "form": (b"klic=VUMINFO00001&typ=1&styp=", b"a=%ff&b=\xff&=c&&d"),
    "multipart": (
        b'multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--b--\r\n',
        b'--b\r\nX: y\r\nContent-Disposition: form-data;\r\n name="a\\"b"; filename=x\r\n\r\n\r\n--b\r\n\r\n\r\n--b--',
    ),
    "json": (b'{"caller":"557","callee":552,"conditions":{"to":[1e9,null,true]}}', b'{"a":"\\ud800","conditions":[]}'),
    "pbx-file": (
        b"name: x\nvendors: {voipsun: {users: [{username: a, password: b}]}}\n",
        *(b"name: x\n" + p for p in _PIECES)),
    "templates": (b"http://u:p@h:80/x?kdo=s%&komu=d%&kdy=t%41&a=%41s%", b'{"ref": "{ref}", "x": {llamado}}'),
    "addresses": (b"169.254.169.254", b"::ffff:169.254.169.254", b"64:ff9b::a9fe:a9fe", b"fe80::1%e0", b"http://h/?a"),
    "numbers": (b'"Jan" <100>', b"+420 777 123 456", b"_[1-9]XN.", b"12345678@mioficinaweb.es", b"0049(0)30-1"),
    "description": (
        b"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 9 RTP/AVP 0 96 101\r\na=rtpmap:96 opus/48000/2\r\na=sendonly\r\n",
        b"v=0\nm=video 9 RTP/AVP 97\nm=audio 9/2 RTP/AVPF 8\nc=IN IP6 2001:db8::1/127\na=fmtp:8 x\na=ptime:20\n",
    ),
    "sip": tuple(case.message for case in CASES),
    "request": (b"GET /api/api.php?password=secretpwd HTTP/1.1\r\n", b"../api//v4/%2e%2e/call?secretpwd=1", b"5559-"),
}  # fmt: skip
"""What a parser is given at first, and what is changed to make more."""
