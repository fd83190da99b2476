"""`pbxsim replay`: what was asked is asked again, and comes to the same, or the first difference is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import main
from pbxsim.testing import PbxServer, Receiver
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow  # each serves a PBX, and has another do it again

FILE = """
name: shop
seed: 4
dialplans: [{name: main}]
extensions:
  - {internal: "100", dialplan: main, user: one, records: true, public: ["222333444"]}
  - {internal: "102", dialplan: main, user: two, calls: 5}
agents: [{number: "1", name: Jana, pin: "7171", line: one}]
queues: [{name: orders, members: [{agent: "1"}]}]
dids: [{number: "222333555", queue: orders, context: main}]
phones: {default: {ring: {uniform: [1, 9]}, talk: {exponential: 30}}}
faults: [{fault: garbled, probability: 0.5}]
vendors:
  voipsun: {users: [{username: voipsun, password: "c4nary pass/word"}]}
"""
OTHER = FILE.replace("c4nary pass/word", "another one").replace("7171", "9292")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a PBX file."""
    path = tmp_path / "shop.yaml"
    path.write_text(FILE, "utf-8")
    return path


def recorded(file: Path) -> bytes:
    """Have a PBX live, and give its journal with all that was asked."""
    with Receiver() as receiver, PbxServer(str(file), receiver=receiver) as pbx:
        originate(pbx, "102", customCDR1="order-1")
        pbx.advance(2)
        pbx.incoming("777123456", "222333555")
        pbx.phone("102").busy()
        pbx.ask("PUT", "/faults", {"faults": [{"fault": "cdr-late", "seconds": 5}]})
        originate(pbx, "102", password="c4nary wrong")
        pbx.run_next()
        pbx.ask("POST", "/phones/one/dnd", {"on": True})
        originate(pbx, "222333444")
        pbx.advance(0)
        pbx.run_until_idle()
        return pbx.journal(replayable=True)


def replayed(journal: bytes, file: Path | str, folder: Path) -> int:
    """Have it done again; give the exit code."""
    path = folder / "journal.jsonl"
    path.write_bytes(journal)
    return main(["replay", str(path), str(file)])


def test_all_that_was_asked_comes_to_the_same_again(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = recorded(shop)
    assert b"c4nary" not in journal
    assert b"7171" not in journal
    code = replayed(journal, shop, tmp_path)
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    assert "steps came to the same" in told.out


def test_the_credentials_of_the_file_that_is_given_are_put_in(shop: Path, tmp_path: Path) -> None:
    journal = recorded(shop)
    other = tmp_path / "other.yaml"
    other.write_text(OTHER, "utf-8")
    assert replayed(journal, other, tmp_path) == 0


def test_what_comes_to_something_else_is_told_with_the_first_entry_that_differs(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = recorded(shop).replace(b'"customCDR1":"order-1"', b'"customCDR1":"order-2"')
    assert replayed(journal, shop, tmp_path) == 1
    assert "entry 1 is another\n  then: {" in capsys.readouterr().err


def _cut(journal: bytes) -> bytes:
    return journal[: journal.rindex(b'{"seq":')]


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str, int]] = {
    "fewer entries": (_cut, "entries, and are", 1),
    "no journal": (lambda _: b"nothing", "no journal that can be had again", 2),
    "an empty file": (lambda _: b"", "no journal that can be had again", 2),
    "a gap": (lambda told: told.replace(b'"gap":""', b'"gap":"some are forgotten"'), "some are forgotten", 2),
    "another pbxsim": (lambda told: told.replace(b'"pbxsim":"', b'"pbxsim":"9'), "written by pbxsim 9", 2),
    "another seed": (lambda told: told.replace(b'"seed":4', b'"seed":5'), "is not the PBX file", 2),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_had_again_is_refused(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    alter, why, code = REFUSED[how]
    assert replayed(alter(recorded(shop)), shop, tmp_path) == code
    assert why in capsys.readouterr().err


def test_another_file_is_refused(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replayed(recorded(shop), "documented", tmp_path) == 2
    assert "documented is not the PBX file of which shop was made" in capsys.readouterr().err


def test_a_pbx_that_went_back_to_a_snapshot_says_that_it_cannot_be_had_again(shop: Path) -> None:
    with PbxServer(str(shop)) as pbx:
        pbx.restore(pbx.snapshot())
        assert b'"gap":"it went back to a snapshot"' in pbx.journal(replayable=True)
