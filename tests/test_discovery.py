"""Finding vendors and engines: ours, outside ones, and packages that only look like one."""

from __future__ import annotations

import sys
from importlib import invalidate_caches
from typing import TYPE_CHECKING

import pytest

from pbxsim import engines, vendors
from pbxsim.discovery import BrokenEngine, BrokenVendor, UnknownEngine, find_engines, find_vendors
from pbxsim.kit.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VENDOR = """
import msgspec
from pbxsim.kit.vendor import Vendor

class Settings(msgspec.Struct, forbid_unknown_fields=True):
    pass

vendor = Vendor(name={name!r}, title="Far Away", settings=Settings, paths=("/far",), open=None)
"""


ENGINE = """
from pbxsim.engines.engine import Engine, Section

declaration = Engine(name={name!r}, title="Steam", open=None, sections={sections})
"""


class Site:
    """A folder where Python looks for packages, and an installer that puts some there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages: list[str] = []

    def install(self, package: str, code: str, target: str = "vendor", group: str = "pbxsim.vendors") -> None:
        """Leave a package and its entry point as an installer does."""
        (self.folder / f"{package}.py").write_text(code, "utf-8")
        metadata = self.folder / f"{package}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        (metadata / "entry_points.txt").write_text(f"[{group}]\n{package} = {package}:{target}\n", "utf-8")
        self.packages.append(package)
        invalidate_caches()

    def install_engine(self, name: str, sections: str = "{}", package: str = "far_engine") -> None:
        """Leave a package with an engine."""
        self.install(package, ENGINE.format(name=name, sections=sections), "declaration", "pbxsim.engines")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a site that is gone after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    site = Site(tmp_path)
    yield site
    for package in site.packages:
        sys.modules.pop(package, None)


def test_our_vendors_are_found_in_alphabetical_order() -> None:
    found = find_vendors()
    assert {"duocom", "simotel", "voipsun", "vum"} <= set(found)
    assert list(found) == sorted(found)
    assert all(name == vendor.name for name, vendor in found.items())


def test_an_installed_package_is_found_by_its_entry_point(site: Site) -> None:
    site.install("far_vendor", VENDOR.format(name="far"))
    found = find_vendors()["far"]
    assert isinstance(found, Vendor)
    assert list(find_vendors()) == sorted(find_vendors())


def test_one_vendor_that_is_announced_twice_is_one_vendor(site: Site) -> None:
    site.install("far_vendor", VENDOR.format(name="far"))
    site.install("far_again", "from far_vendor import vendor\n")
    assert "far" in find_vendors()


@pytest.mark.parametrize(
    ("code", "target", "reason"),
    [
        ("vendor = 5\n", "vendor", "offers no object `vendor`"),
        ("", "vendor", "cannot be loaded"),
        ("import nowhere_to_be_found\n", "vendor", "cannot be loaded: No module named 'nowhere_to_be_found'"),
        (VENDOR.format(name="vum"), "vendor", "offers a vendor 'vum', and there is one of that name already"),
    ],
)
def test_a_package_that_keeps_no_contract_is_named(site: Site, code: str, target: str, reason: str) -> None:
    site.install("far_vendor", code, target)
    with pytest.raises(BrokenVendor, match=f"entry point far_vendor = far_vendor:vendor.*{reason}"):
        find_vendors()


def test_a_folder_of_ours_without_a_vendor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow/__init__.py").touch()
    (tmp_path / "notes.py").touch()
    monkeypatch.setattr(vendors, "__path__", [*vendors.__path__, str(tmp_path)])
    invalidate_caches()
    with pytest.raises(BrokenVendor, match=r"pbxsim\.vendors\.hollow offers no object `vendor`"):
        find_vendors()
    del sys.modules["pbxsim.vendors.hollow"]


# -- engines ----------------------------------------------------------------------------------------------------------


def test_the_simulated_engine_decides_unless_another_is_wanted(site: Site) -> None:
    assert find_engines().chosen.name == "simulated"
    site.install_engine("coal")
    found = find_engines("coal")
    assert found.chosen.name == "coal"
    assert list(found.found) == ["asterisk", "coal", "simulated", "sip"]


def test_an_engine_that_there_is_not_is_refused_with_those_that_there_are(site: Site) -> None:
    with pytest.raises(UnknownEngine, match=r"^expected asterisk or simulated or sip, not 'water'$"):
        find_engines("water")
    site.install_engine("coal")
    with pytest.raises(UnknownEngine, match=r"^expected asterisk or coal or simulated or sip, not 'water'$"):
        find_engines("water")


@pytest.mark.parametrize(
    ("code", "target", "reason"),
    [
        ("declaration = 5\n", "declaration", "offers no object `declaration` of type pbxsim.engines.engine.Engine"),
        ("", "declaration", "cannot be loaded"),
        (
            ENGINE.format(name="simulated", sections="{}"),
            "declaration",
            "offers an engine 'simulated', and there is one",
        ),
    ],
)
def test_an_engine_that_keeps_no_contract_is_named(site: Site, code: str, target: str, reason: str) -> None:
    site.install("far_engine", code, target, "pbxsim.engines")
    with pytest.raises(BrokenEngine, match=f"entry point far_engine = far_engine:declaration.*{reason}"):
        find_engines()


def test_two_engines_cannot_own_one_section(site: Site) -> None:
    site.install_engine("steam", "{'phones': Section(int, 0)}")
    with pytest.raises(BrokenEngine, match="the engines simulated and steam both own the section 'phones'"):
        find_engines()


def test_a_folder_of_ours_without_an_engine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow/__init__.py").touch()
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    invalidate_caches()
    with pytest.raises(BrokenEngine, match=r"pbxsim\.engines\.hollow offers no object `declaration`"):
        find_engines()
    del sys.modules["pbxsim.engines.hollow"]
