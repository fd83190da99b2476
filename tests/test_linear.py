"""Work per request is linear: twice as much of whatever a stranger sends takes twice the work, in all that reads.

Each case is a way to read text, and what to send again and again. Which way is quadratic in what was found by attack:
`;a` in the header of a form's part, letters without `=` in any header, parameters that nobody documents.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from multidict import CIMultiDict

import pbxsim
from pbxsim.config.document import Document
from pbxsim.config.fault import PbxFileRefused
from pbxsim.discovery import find_vendors
from pbxsim.hosting.masking import Mask
from pbxsim.hosting.secret_values import SecretValues
from pbxsim.kit.multipart import parse_multipart
from pbxsim.kit.near_miss import parameter_hints, word_hint
from pbxsim.kit.numbers import international, misprint_hints, sip_address
from pbxsim.kit.params import parse_form, parse_query
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.request import Request
from pbxsim.pbx.numbers import BadPattern, compile_pattern
from pbxsim.vendors.duocom import template
from pbxsim.vendors.simotel.body import read_fields
from pbxsim.vendors.simotel.originate import caller_id_shown
from pbxsim.vendors.voipsun.actions import ALL_PARAMETERS
from pbxsim.vendors.vum import placeholders
from pbxsim.web.control.webhooks import masked
from pbxsim.web.file_bytes import asked_for
from pbxsim.web.paths import VendorPaths, cleaned
from pbxsim.web.request_line import with_encoded_target
from tests.growth import LONGEST_CPU, cpu, grows_linearly, steps
from tests.vendors.installed import open_interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow  # a second for each pattern, when the machine has other things to do

VENDORS: Final = find_vendors()
MASK: Final = Mask(VENDORS.values())
SECRETS: Final = SecretValues(["aaaaab", "4711", "%a%a%a%b", *(f"same-beginning-{number}x" for number in range(999))])
PATHS: Final = VendorPaths(VENDORS.values())
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data; boundary=b"
HEADER_LINE: Final = 8_000
BODY: Final = 256_000


def _form(text: str) -> object:
    return parse_form(text.encode("latin-1"))


def _parts(text: str) -> object:
    return parse_multipart(MULTIPART, text.encode("latin-1"))


def _part_header(text: str) -> object:
    return _parts(f"--b\r\nContent-Disposition: form-data{text}\r\n\r\nv\r\n--b--")


def _pattern(text: str) -> None:
    with suppress(BadPattern):
        compile_pattern.__wrapped__(text)


def _fields(text: str) -> None:
    with suppress(Refusal):
        read_fields(text.encode())


def _yaml(text: str) -> None:
    with suppress(PbxFileRefused):
        Document("x.yaml", text).plain()


def _hints(text: str) -> object:
    return parameter_hints(text.split("&"), ALL_PARAMETERS)


def _numbers(text: str) -> object:
    return sip_address(text), international(text), misprint_hints("number", text)


def _url_filled(text: str) -> object:
    return placeholders.read(text).filled(dict.fromkeys(placeholders.LETTERS, "1"))


def _template_filled(text: str) -> object:
    return template.unknown_places(text, ()), template.has_place(text), template.filled(text, Anything())


class Anything(dict[str, str]):
    """Has a value for every name."""

    def __missing__(self, name: str) -> str:
        return name


def _shown(text: str) -> object:
    request = Request("POST", "/", "secret=a1b2c3", headers={"Content-Type": FORM}, body=text.encode("latin-1"))
    return MASK.body(request), MASK.reply(text, request), MASK.struck_out(text, request), MASK.params(request.params)


def _struck_out(text: str) -> object:
    lines = msgspec.json.encode([text, "aaaaab"])
    shown = SECRETS.text(text), SECRETS.value(text), SECRETS.spaced(text), SECRETS.json(lines)
    return shown, SECRETS.path(text), SECRETS.mapping({text: text})


def _asked(text: str) -> object:
    request = Request("POST", "/", text, headers={"Content-Type": FORM}, body=text.encode("latin-1"))
    return request.params.unclean(), request.reading_hints


READERS: Final[dict[str, tuple[Callable[[str], object], int, tuple[str, ...]]]] = {
    "query": (parse_query, BODY, ("a=1&", "&", "=", "a", "%41", "%", "+", "\xe9", "%C3%A9")),
    "form": (_form, BODY, ("a=1&", "&", "=", "%41", "\xff", "%zz")),
    "request": (_asked, BODY, ("a&", "\x01&", "%0a")),
    "multipart": (
        _parts,
        BODY,
        (
            "--b\r\n",
            "\r\n--b",
            "\n--b\n\n",
            "--",
            "\r",
            "\n",
            "\r\n",
            '--b\r\nContent-Disposition:;name="a"\r\n\r\n1\r\n',
        ),
    ),
    "a part's header": (
        _part_header,
        BODY,
        (
            ";a",
            ";a=",
            ';a="',
            ';a="\\"',
            ";",
            ' ;name="x"',
            "\r\n ",
            "\r\nX: y",
            ":",
            "\\",
            '"',
            "=",
            ";a=1",
            ";name*0=a",
        ),
    ),
    "type of a form": (
        lambda text: parse_multipart("multipart/form-data;" + text, b""),
        HEADER_LINE,
        ("boundary=", "b"),
    ),
    "masked header": (lambda text: MASK.headers({"X": text}), BODY, ("a", "a=", "=", "a=b&", "?", "a b", "%", '"')),
    "masked path": (MASK.path, BODY, ("a", "=", "%3D", "&a=", "%3", "/")),
    "masked name": (MASK.hides, BODY, ("a", "%", "pass", "_", "tokn")),
    "masked body and reply": (_shown, BODY, ("a=1&", "secret=", "[", '{"a":', "a1b2c3")),
    "masked webhook": (masked, BODY, ("a", "//", "@", "?a", "//a@", "a=b&", "=")),
    "known secrets": (_struck_out, BODY, ("a", "same-beginning-", "same-beginning-1x", "/", "%61/", "%a", "4711/")),
    "parameter hints": (_hints, BODY, ("a&", "dstNu&", "username&", "A")),
    "word hint": (lambda text: word_hint("action", text, ("originate", "originateto")), BODY, ("a", "orig", " ")),
    "path": (
        lambda text: (PATHS.hints("/" + text), cleaned(text)),
        HEADER_LINE,
        ("a", "/", "//", "%2F", "\\", "api/", ".."),
    ),
    "request line": (lambda text: with_encoded_target(b"GET " + text.encode()), BODY, ("a", "é", " ", " HTTP/1.1")),
    "range": (lambda text: asked_for(f"bytes={text}", 9), HEADER_LINE, ("0", "0-", " ", "\t", "-")),
    "numbers": (_numbers, BODY, ("0", "+", "a@", "a.", " ", "(", "-")),
    "caller id": (caller_id_shown, BODY, (" ", '"', "a ", "<", "<>", "0", '" ')),
    "dialled pattern": (_pattern, HEADER_LINE, ("-", "[", "[1-", "[1]", " ", "]", "X", "[1-9]-")),
    "JSON": (_fields, BODY, ("[", '{"a":', "1", '"', "\\u0041", '"a":1,')),
    "URL template": (_url_filled, HEADER_LINE, ("s%", "%41", "=s%", "a", "%", "s%41", "://", "@", ":")),
    "template": (_template_filled, HEADER_LINE, ("{", "{a", "{a}", "}", "a")),
    "YAML": (
        _yaml,
        BODY,
        ("[", "- ", "a: ", "{", "a\n", "- a\n", "? ", "&a ", "*a ", "! ", '"', "'", "#", "|\n", "\t"),
    ),
}
CASES: Final = [(name, unit) for name, (_, _, units) in READERS.items() for unit in units]


@pytest.mark.parametrize(("name", "unit"), CASES, ids=[f"{name} {unit!r}" for name, unit in CASES])
def test_twice_as_much_is_twice_the_work(name: str, unit: str) -> None:
    read, size, _ = READERS[name]
    grows_linearly(read, unit, size=size)


STARTED: Final = [
    ("a part's header", ';name="', '\\"', ""),
    ("a part's header", "; name", " ", "x"),
    ("masked header", "a=", "a", ""),
    ("masked webhook", "http://x/?", "a", ""),
    ("masked webhook", "http://", "a", ""),
    ("caller id", "", " ", "x"),
    ("caller id", '"a', " ", "x"),
    ("dialled pattern", "_", "-", ""),
    ("dialled pattern", "_[", "1-", ""),
    ("YAML", "a: [", "1, ", "]"),
    ("YAML", "a:\n", " b: 1\n", ""),
    ("JSON", '{"a":"', "a", '"}'),
]


@pytest.mark.parametrize(("name", "start", "unit", "end"), STARTED)
def test_what_stands_around_it_changes_nothing(name: str, start: str, unit: str, end: str) -> None:
    read, size, _ = READERS[name]
    grows_linearly(read, unit, start=start, end=end, size=size)


# -- every pattern that any module has, those of tomorrow too ----------------------------------------------------------

SEARCHING: Final = ("search", "sub", "finditer", "findall", "split", "subn")
LONG: Final = 16_384
USUAL: Final = 'a0 ="%/-.@:<[\\\n'


def _patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes], bool]]:
    """Give every pattern that is a module's, and whether it is searched for or has to fit from the beginning."""
    for found in pkgutil.walk_packages(pbxsim.__path__, "pbxsim."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                source = _source(found.name)
                yield f"{found.name}.{name}", value, any(f"{name}.{verb}(" in source for verb in SEARCHING)


def _source(module: str) -> str:
    """Read a module's source, which lies beside it where it is compiled."""
    place = Path(pbxsim.__path__[0]).joinpath(*module.split(".")[1:])
    return (place / "__init__.py" if place.is_dir() else place.with_suffix(".py")).read_text("utf-8")


PATTERNS: Final = list(_patterns())


@pytest.mark.parametrize(("pattern", "is_searched"), [p[1:] for p in PATTERNS], ids=[p[0] for p in PATTERNS])
def test_no_pattern_looks_at_a_text_again_and_again(
    pattern: re.Pattern[str] | re.Pattern[bytes], is_searched: bool
) -> None:
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    letters = sorted({*USUAL, *source} - set("()|^$*+?"))[:40]
    assert all(_taken(pattern, unit, is_searched=is_searched) < LONGEST_CPU for unit in letters)
    marks = [letter for letter in letters if not letter.isalnum()][:7]
    assert all(_taken(pattern, "".join(pair), is_searched=is_searched) < LONGEST_CPU for pair in permutations(marks, 2))


def _taken(pattern: re.Pattern[str] | re.Pattern[bytes], unit: str, *, is_searched: bool) -> float:
    text = unit * (LONG // len(unit)) + "\x00"
    sent = text if isinstance(pattern.pattern, str) else text.encode("latin-1")
    if is_searched:
        return cpu(lambda: list(pattern.finditer(sent)))  # type: ignore[arg-type]
    return cpu(lambda: (pattern.match(sent), pattern.fullmatch(sent)))  # type: ignore[arg-type]


def test_patterns_are_found_so_that_the_test_above_can_fail() -> None:
    assert len(PATTERNS) > 40
    quadratic = re.compile(r"([^\s?&;=,\"']+)=([^\s&;,\"']*)")
    assert _taken(quadratic, "a", is_searched=True) > LONGEST_CPU


# -- whole requests, as each vendor's interface answers them -----------------------------------------------------------

SHORT_NAMES: Final = "&".join(f"{number:x}" for number in range(160_000))
ONE_PART: Final = b"--b\r\nContent-Disposition: form-data" + b";a" * 400_000 + b"\r\n\r\nv\r\n--b--"
MANY_PARTS: Final = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n' * 15_000 + b"--b--"
DEEP: Final = b'{"a":' * 200_000
WIDE: Final = b"{" + b",".join(b'"%x":1' % number for number in range(80_000)) + b"}"
ESCAPES: Final = b"&".join(b"%x=" % number + b"%C5%BE" * 10_900 for number in range(15))
STRAY: Final = b"&".join(b"%x=" % number + b"%" * 65_000 for number in range(15))
LONG_HEADERS: Final = (
    b"--b\r\nContent-Disposition: form-data" + b';a="\\""' * 1_000 + b'; name="a"\r\n\r\nv\r\n'
) * 126
OBJECTS: Final = b'{"a":[' + b",".join([b'{"a":1}'] * 120_000) + b"]}"
MOST_STEPS: Final = 100_000
"""Lines of Python that a megabyte may take, some twenty milliseconds of them: everybody else waits meanwhile."""
STRANGERS: Final = {
    "one part of a megabyte": (MULTIPART, ONE_PART),
    "many parts": (MULTIPART, MANY_PARTS),
    "a form of short names": (FORM, SHORT_NAMES.encode()),
    "deep JSON": ("application/json", DEEP),
    "wide JSON": ("application/json", WIDE),
    "escapes": (FORM, ESCAPES),
    "stray percent signs": (FORM, STRAY),
    "parts with long headers": (MULTIPART, LONG_HEADERS),
    "many objects": ("application/json", OBJECTS),
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("sent", STRANGERS)
def test_a_strangers_megabyte_is_answered_in_few_steps_and_gets_few_hints(vendor: str, sent: str) -> None:
    interface = open_interface(vendor).interface
    content_type, body = STRANGERS[sent]
    headers = CIMultiDict({"Content-Type": content_type})
    request = Request(
        "POST", VENDORS[vendor].paths[0].replace("*", "x"), SHORT_NAMES[:7_000], headers=headers, body=body
    )
    replies = []
    assert cpu(lambda: replies.append(interface.answer(request))) < LONGEST_CPU
    request.forget()
    assert steps(lambda: interface.answer(request)) < MOST_STEPS
    assert replies[0].call is None
    assert len(replies[0].hints) <= 25
    assert max(map(len, replies[0].hints), default=0) < 400
