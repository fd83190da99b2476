"""Where PBX files are read from, and files that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from pbxsim.config.fault import Fault, PbxFileRefused
from pbxsim.config.load import LARGEST, built_in, load
from pbxsim.discovery import find_vendors
from tests.config.paper import VENDORS, AcmeSettings, AcmeUser, pbx_file

GOOD = "name: office\naccounts: [{name: firm}]\nvendors: {acme: {users: [{name: eva, account: firm}]}}\n"


def refusal(path: Path | str) -> Fault:
    """Refuse a file for one reason, and give it."""
    with pytest.raises(PbxFileRefused) as caught:
        load(str(path), VENDORS)
    (fault,) = caught.value.faults
    assert (fault.file, fault.path, fault.value) == (str(path), "", msgspec.UNSET)
    return fault


def test_a_file_is_read_from_its_path_and_the_vendors_settings_come_decoded(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(GOOD, "utf-8")
    file = load(str(path), VENDORS).file
    assert file.name == "office"
    assert file.vendors == {"acme": AcmeSettings(users=(AcmeUser(name="eva", account="firm"),))}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(GOOD, "utf-8-sig")
    assert load(str(path), VENDORS).file.name == "office"


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_pbx_is_read_by_its_name_and_bears_it(name: str) -> None:
    assert load(name).file.name == name
    assert load(name).packages.vendors == find_vendors()


def test_the_documented_pbx_and_the_manuals_are_built_in() -> None:
    assert {"documented", "voipsun-manual"} <= set(built_in())


def test_a_name_comes_before_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "documented").write_text(GOOD, "utf-8")
    assert load("documented").file.name == "documented"
    assert load("./documented", VENDORS).file.name == "office"


def test_a_built_in_pbx_is_called_by_its_file_in_faults() -> None:
    with pytest.raises(PbxFileRefused) as caught:
        load("documented", VENDORS)  # which knows none of ours
    assert {fault.file for fault in caught.value.faults} == {"documented.yaml"}


def test_a_file_that_is_not_there_is_refused_with_the_names_of_the_built_in_ones() -> None:
    assert refusal("documentd").expected.startswith("a file, or a built-in PBX (did you mean documented?): ")


@pytest.mark.parametrize("source", ["", ".", "a\0b", "x" * 5_000])
def test_what_can_be_no_file_is_refused(source: str) -> None:
    assert refusal(source).expected.startswith("a file")


def test_text_in_another_encoding_and_binary_files_are_refused_at_the_line_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    expected = "text in UTF-8; this is another encoding, or no text"
    path.write_bytes(b"name: office\nowner: Nov\xe1k\n")
    assert (refusal(path).line, refusal(path).expected) == (2, expected)
    path.write_bytes("name: office\n".encode("utf-16"))
    assert (refusal(path).line, refusal(path).expected) == (1, expected)
    path.write_bytes(bytes(range(256)))
    assert refusal(path).expected == expected


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert refusal(path).expected == f"a file of at most {LARGEST} bytes"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.touch()
    assert refusal(path).expected == "a mapping, as `name: office`; the file holds none"


def test_the_smallest_file_is_a_name() -> None:
    file = pbx_file("")
    assert (file.name, file.start, file.extensions) == ("office", None, ())


def test_a_name_that_the_control_api_could_not_carry_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text("name: a b\n", "utf-8")
    with pytest.raises(PbxFileRefused, match="a name of letters, digits, dots and hyphens"):
        load(str(path), VENDORS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_at_once_though_nobody_writes_into_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pbx.yaml"
    os.mkfifo(pipe)
    with pytest.raises(PbxFileRefused, match="no regular file"):
        load(str(pipe))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_pbx_file(device: str) -> None:
    with pytest.raises(PbxFileRefused, match="no regular file"):
        load(device)


def test_a_folder_is_no_pbx_file(tmp_path: Path) -> None:
    with pytest.raises(PbxFileRefused, match="a file that can be read"):
        load(str(tmp_path))
