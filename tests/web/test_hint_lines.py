"""Which requests the terminal tells of, and the header that a reply has its hints in."""

from __future__ import annotations

import logging

import pytest

from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request
from pbxsim.web.hint_lines import HintLines

ASKED = Request("GET", "/api/VUMGIVEN0001")
PLAIN = Reply(body=b"")
HINTED = Reply(body=b"", hints=("key VUMGIVEN0001 is misspelt\r\nX: y", "číslo"))
LINE = "documented: GET /api/*** 200: key *** is misspelt??X: y; číslo"


@pytest.fixture
def host() -> HostedPbx:
    return HostedPbx(FileAssembly(load("documented")), find_vendors(), rate=0)


@pytest.mark.parametrize(
    ("log", "told"),
    [("requests", ["documented: GET /api/*** 200", LINE]), ("hints", [LINE]), ("none", [])],
)
def test_a_line_for_each_request_that_was_asked_for_without_secrets(
    log: str, told: list[str], host: HostedPbx, caplog: pytest.LogCaptureFixture
) -> None:
    lines = HintLines(log)  # type: ignore[arg-type]  # a table's cell
    with caplog.at_level(logging.INFO):
        assert lines.tell(host, ASKED, PLAIN) == lines.tell(host, ASKED, HINTED) == ()
    assert caplog.messages == told


def test_the_header_has_the_hints_on_one_line_in_ascii(host: HostedPbx) -> None:
    lines = HintLines(has_header=True)
    assert lines.tell(host, ASKED, PLAIN) == ()
    assert lines.tell(host, ASKED, HINTED) == (("X-Pbxsim-Hint", "key *** is misspelt??X: y; \\u010d\\xedslo"),)


def test_what_a_request_is_told_at_once_is_in_its_reply(host: HostedPbx) -> None:
    query = "username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=100&dstNum=800+1"
    reply = host.answer("voipsun", Request("GET", "/api/api.php", query), ("read as",))
    assert [hint.partition(":")[0] for hint in reply.hints] == ["read as", "'800 1' is not connected"]
