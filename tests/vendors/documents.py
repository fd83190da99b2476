"""What a vendor's folder under fixtures/ promises: examples and how binding each reply is, URLs, error rows.

Reading single requests is golden.py's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from tests.vendors import golden

if TYPE_CHECKING:
    from pbxsim.kit.request import Request

_ROW: Final = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<lines>[-0-9, ]+) \| (?P<reply>[^|]+) \|", re.MULTILINE)
_NO_CALLS: Final = re.compile(r"^Not calls of the API: lines? ([-0-9, and]+)", re.MULTILINE)
_RANGE: Final = re.compile(r"(\d+)(?:-(\d+))?")
_URL: Final = re.compile(r"https?://[^/\s]+(/[^\s'\"<>?]*)")
_ON: Final = re.compile(r"(\w+) on `([^`]+)`")
_DOCUMENTED: Final = "documented"


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table of examples. `binding` is its word in the column "reply", `pbx` where that reply is given."""

    vendor: str
    name: str
    lines: frozenset[int]
    binding: str
    pbx: str

    def label(self) -> str:
        """Name the example among those of all vendors."""
        return f"{self.vendor}-{self.name}"

    @property
    def is_faulty(self) -> bool:
        """Tell whether the example is printed with a fault, which the vendor would refuse."""
        return self.name.endswith("-as-printed")

    @property
    def is_accepted(self) -> bool:
        """Tell whether the PBX does what the example asks: it is not faulty, and its reply is no error."""
        return not self.is_faulty and not self._reply_is_error()

    def request(self) -> Request:
        """Give the request as it goes over the wire."""
        return golden.request(self.vendor, self.name)

    def document(self, kind: str) -> bytes:
        """Give what is written beside the request: `reply`, `replies`, `shape`."""
        return (golden.FIXTURES / self.vendor / f"{self.name}.{kind}").read_bytes()

    def _reply_is_error(self) -> bool:
        if not self.binding.startswith("exact"):
            return False
        reply = self.document("reply").decode().replace("\\/", "/")
        return any(_stands_in(reply, code, text) for code, text in error_rows(self.vendor))


def examples(vendor: str) -> list[Example]:
    """Read the table of a vendor's examples; none where there is no such folder."""
    readme = golden.FIXTURES / vendor / "README.md"
    if not readme.exists():
        return []
    rows = _ROW.finditer(readme.read_text("utf-8"))
    return [_example(vendor, row["name"], row["lines"], row["reply"].strip()) for row in rows]


def pbx_file(vendor: str) -> str:
    """Tell on which PBX the vendor's examples work: its own `pbx.yaml`, else the built-in `documented`."""
    own = golden.FIXTURES / vendor / "pbx.yaml"
    return str(own) if own.exists() else _DOCUMENTED


def requests_without_row(vendor: str) -> set[str]:
    """Give the names of requests that the table leaves out."""
    return {path.stem for path in (golden.FIXTURES / vendor).glob("*.request")} - {
        example.name for example in examples(vendor)
    }


def manual_urls(vendor: str) -> list[tuple[int, str]]:
    """Find the URLs of the manual by line: where each is, and its path. Lines that are no calls are left out."""
    folder = golden.FIXTURES / vendor
    if not folder.exists():
        return []
    found = _NO_CALLS.search((folder / "README.md").read_text("utf-8"))
    others = _numbers(found[1]) if found else frozenset()
    lines = (folder / "manual.txt").read_text("utf-8").split("\n")
    return [
        (number, path)
        for number, line in enumerate(lines, start=1)
        for path in _URL.findall(line)
        if number not in others
    ]


def error_rows(vendor: str) -> list[tuple[str, str]]:
    """Read the first two columns of `errors.tsv`: code or cause, and text. `accepted`, which VUM words too, is none."""
    path = golden.FIXTURES / vendor / "errors.tsv"
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    return [(row[0], row[1]) for row in rows if row[0] != "accepted"]


def error_pattern(vendor: str, text: str) -> re.Pattern[str]:
    """Make of an error text what a reply must hold: the text alone in its line, string or element, placeholders filled.

    The placeholders of a vendor's texts are in its `placeholders.txt`, one a line.
    """
    listed = golden.FIXTURES / vendor / "placeholders.txt"
    placeholders = listed.read_text("utf-8").splitlines() if listed.exists() else []
    found = "|".join(re.escape(placeholder) for placeholder in sorted(placeholders, key=len, reverse=True))
    parts = re.split(found, text) if found else [text]
    return re.compile(r"(?:^|(?<=[\"\n>]))" + ".+?".join(map(re.escape, parts)) + r"(?=[\"\n<]|$)")


def _example(vendor: str, name: str, lines: str, reply: str) -> Example:
    on = _ON.fullmatch(reply)
    return Example(
        vendor=vendor,
        name=name,
        lines=_numbers(lines),
        binding=on[1] if on else reply,
        pbx=on[2] if on else pbx_file(vendor),
    )


def _stands_in(reply: str, code: str, text: str) -> bool:
    """Tell whether a reply is that error: a text alone may also be a state (VoIPSUN's 632 and its `queuestatus`)."""
    return text in reply and (not code.isdigit() or re.search(rf"\b{code}\b", reply) is not None)


def _numbers(text: str) -> frozenset[int]:
    ranges = [(int(first), int(last or first)) for first, last in _RANGE.findall(text)]
    return frozenset(number for first, last in ranges for number in range(first, last + 1))
