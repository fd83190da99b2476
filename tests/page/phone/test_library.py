"""JsSIP as `make phone` makes it: one module without anything of another host, its licences beside it, in the wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import pytest

from pbxsim.web.page import telephone

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = Path(telephone.__file__).parent / "jssip"
LOCK: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    (ROOT / "requirements" / "phone" / "package-lock.json").read_bytes()
)["packages"]

pytestmark = pytest.mark.slow  # fetches, once


def test_every_package_has_a_checksum_that_npm_verifies() -> None:
    assert {name for name, package in LOCK.items() if name and not package["integrity"].startswith("sha512-")} == set()


def test_it_asks_nobody_for_anything_and_makes_no_programs(jssip: bytes) -> None:
    assert 100_000 < len(jssip) < 400_000
    assert not re.search(r"\b(?:fetch|eval|import)\(|XMLHttpRequest|sendBeacon|new Function\(", jssip.decode())


def test_the_licence_of_everything_in_it_lies_beside_it(jssip: bytes) -> None:
    assert jssip
    told = (FOLDER / "LICENCES.txt").read_text("utf-8")
    found = dict(re.findall(r"^== (\S+) (\S+) \(MIT\)$", told, re.MULTILINE))
    locked = {name.removeprefix("node_modules/"): each.get("version") for name, each in LOCK.items() if name}
    assert {"jssip", "debug", "events", "ms", "sdp-transform"} == set(found)
    assert {name: locked[name] for name in found} == found
    assert told.count("Permission is hereby granted, free of charge") == len(found)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_both_are_in_what_is_built(jssip: bytes, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("build")
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    if kind == "sdist":
        (built,) = tmp_path.glob("*.tar.gz")
        listed = subprocess.run(["tar", "tzf", built], check=True, capture_output=True, text=True).stdout
        assert {name for name in listed.split() if "/page/jssip/" in name} == {
            f"{built.name.removesuffix('.tar.gz')}/pbxsim/web/page/jssip/{name}"
            for name in ("jssip.js", "LICENCES.txt")
        }
        return
    (built,) = tmp_path.glob("*.whl")
    with ZipFile(built) as packed:
        assert packed.read("pbxsim/web/page/jssip/jssip.js") == jssip
        assert packed.read("pbxsim/web/page/jssip/LICENCES.txt") == (FOLDER / "LICENCES.txt").read_bytes()
