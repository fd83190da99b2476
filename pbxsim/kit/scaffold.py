"""A new vendor's package, tests and fixtures: `python -m pbxsim.kit.scaffold NAME`, or `make vendor NAME=…`.

What it writes answers at once and meets every check and test of the house, so that the work begins on something whole.
Nothing else is touched: a vendor is found because its package is there. The files are in templates/.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from string import Template
from typing import Final

TEMPLATES: Final = Path(__file__).parent / "templates"
PLACES: Final = {"vendor": "pbxsim/vendors/{}", "tests": "tests/vendors/{}", "fixtures": "fixtures/{}"}

_NAME: Final = re.compile(r"[a-z][a-z0-9]{1,19}")
_WIRE: Final = (".request",)  # HTTP's lines end with CRLF


class NameRefused(ValueError):
    """No vendor can have that name."""


def scaffold(name: str, root: Path) -> list[Path]:
    """Write the files of a new vendor into the tree at `root`, and give their paths. Raises NameRefused.

    A name is a lower-case letter and up to 19 letters and digits: it is a package, a key in PBX files and a path.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise NameRefused(f"{name!r} cannot be a vendor's name: 2 to 20 lower-case letters and digits, a letter first")
    folders = {kind: root / place.format(name) for kind, place in PLACES.items()}
    for folder in folders.values():
        if folder.exists():
            raise NameRefused(f"{folder} exists")
    words = {"name": name, "title": name.capitalize()}
    return [_written(template, folders[template.parent.name], words) for template in sorted(TEMPLATES.glob("*/*.txt"))]


def _written(template: Path, folder: Path, words: dict[str, str]) -> Path:
    path = folder / template.name.removesuffix(".txt")
    text = Template(template.read_text("utf-8")).substitute(words)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes((text.replace("\n", "\r\n") if path.suffix in _WIRE else text).encode())
    return path


def main(arguments: list[str], root: Path) -> int:
    """Run the command; 0 done, 1 the name is refused, 2 wrong usage."""
    if len(arguments) != 1 or arguments[0].startswith("-") or not (root / "pbxsim" / "vendors").is_dir():
        print("usage, in pbxsim's source tree: python -m pbxsim.kit.scaffold NAME", file=sys.stderr)
        return 2
    try:
        written = scaffold(arguments[0], root)
    except NameRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("\n".join(str(path.relative_to(root)) for path in written))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
