"""The command line of `pbxsim sweep`: what it prints and writes, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import main
from tests.simulate.shop import SHOP

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Write the shop's file."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def ended(*arguments: str) -> int:
    """Run the command, and give its exit code."""
    try:
        return main(["sweep", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)


def test_it_prints_the_table_and_writes_what_was_asked_for(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv, svg = tmp_path / "days.csv", tmp_path / "days.svg"
    options = ("--vary", "queues.sales.members=1..3", "--seeds", "2", "--calls", "20", "--processes", "1")
    assert ended(shop, *options, "--csv", str(csv), "--svg", str(svg)) == 0
    told = capsys.readouterr()
    assert told.err == ""
    first, _, head, *rows = told.out.splitlines()
    assert first == f"{shop}: 20 calls from 2026-03-02T08:00:00Z, 2 days with the seeds 1 to 2; queue sales"
    assert head.split()[:2] == ["queues.sales.members", "offered"]
    assert [row.split()[0] for row in rows[:3]] == ["1", "2", "3"]
    assert len(csv.read_text(encoding="utf-8").splitlines()) == 7
    assert svg.read_bytes().startswith(b"<svg ")


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (("--calls", "3"), 2, "--vary"),
        (("--vary", "name=a"), 2, "--for --calls"),
        (("--vary", "name", "--calls", "3"), 2, "expected a place and its values"),
        (("--vary", "name=a", "--calls", "3", "--seeds", "0"), 2, "expected a whole number from 1 to 10000"),
        (("--vary", "name=a", "--calls", "3", "--on", "tcp://a:1", "--processes", "2"), 2, "not allowed with"),
        (("--vary", "nome.x=a", "--calls", "3"), 1, "there is no 'nome' (did you mean name?)"),
        (("--vary", "name=a", "--calls", "3", "--csv", "/nowhere/a.csv"), 1, "/nowhere/a.csv: cannot be written"),
    ],
)
def test_what_is_wrong_is_said(
    shop: str, options: tuple[str, ...], code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(shop, *options) == code
    assert why in capsys.readouterr().err
