"""What a PBX file must not say if a real Asterisk is to serve it, with the line where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import load
from pbxsim.discovery import find_engines
from pbxsim.engines.asterisk.checks import RESERVED, faults, is_section
from pbxsim.engines.asterisk.configuration import templates
from pbxsim.kit.finding import spelt

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {"the SIP user of a line": ("sip100", "sip101"), "a trunk": ("upc", "a~b")}
UPC = {"trunk": "upc", "host": "127.0.0.1", "user": "customer", "secret": "paid-for"}
AWAY = UPC | {"host": "sip.example.net"}


def places(plain: object) -> list[str]:
    """Give where something is wrong."""
    return [spelt(finding.path) for finding in faults(plain, NAMES)]


@pytest.mark.parametrize(
    "plain",
    [
        {},
        None,
        {"extensions": 5, "asterisk": [], "traffic": []},
        {"extensions": [{"internal": "100", "lines": [{"user": "sip100"}]}, {"internal": 5, "lines": "x"}]},
        {"asterisk": {"lines": [{"line": "sip100"}, {"line": "sip101"}], "rtp_ports": [10000, 10001]}},
        {"asterisk": {"rtp_ports": ["a", 3]}},
        {"asterisk": {"providers": [UPC]}, "extensions": [{"internal": "100", "lines": [{"user": "trunk-xy"}]}]},
        {"asterisk": {"providers": [AWAY], "address": "192.0.2.7"}},
        {"asterisk": {"providers": [5, {"trunk": 7, "host": []}], "address": 5}},
    ],
)
def test_what_is_right_or_has_another_form_is_passed_over(plain: object) -> None:
    assert places(plain) == []


@pytest.mark.parametrize(
    ("plain", "place"),
    [
        ({"extensions": [{"internal": "100", "lines": [{"user": "global"}]}]}, "extensions[0].lines[0].user"),
        ({"extensions": [{"internal": "100", "lines": [{"user": "a~b"}]}]}, "extensions[0].lines[0].user"),
        ({"extensions": [{"internal": "100", "lines": [{"user": "x-auth"}]}]}, "extensions[0].lines[0].user"),
        ({"extensions": [{"internal": "100", "lines": [{"user": "a" * 64}]}]}, "extensions[0].lines[0].user"),
        ({"extensions": [{"internal": "line"}]}, "extensions[0].internal"),
        ({"asterisk": {"lines": [{"line": "sip900"}]}}, "asterisk.lines[0].line"),
        ({"asterisk": {"lines": [{"line": "sip100"}, {"line": "sip100"}]}}, "asterisk.lines[1].line"),
        ({"asterisk": {"rtp_ports": [10001, 10000]}}, "asterisk.rtp_ports"),
        ({"asterisk": {"providers": [UPC | {"trunk": "ucp"}]}}, "asterisk.providers[0].trunk"),
        ({"asterisk": {"providers": [UPC | {"trunk": "a~b"}]}}, "asterisk.providers[0].trunk"),
        ({"asterisk": {"providers": [UPC, UPC]}}, "asterisk.providers[1].trunk"),
        ({"asterisk": {"providers": [AWAY]}}, "asterisk.providers[0].host"),
        (
            {"asterisk": {"providers": [UPC]}, "extensions": [{"internal": "1", "lines": [{"user": "trunk-upc"}]}]},
            "extensions[0].lines[0].user",
        ),
        ({"traffic": [{"to": "900"}]}, "traffic"),
        ({"mailboxes": [{"number": "100"}]}, "mailboxes"),
    ],
)
def test_what_asterisk_cannot_be_told_or_would_not_do_is_found(plain: object, place: str) -> None:
    assert place in places(plain)


def test_an_extension_that_no_telephone_can_dial_is_found() -> None:
    assert places({"extensions": [{"internal": "desk", "lines": [{"user": "sip100"}]}]}) == ["extensions[0].internal"]


def test_every_section_of_the_template_is_reserved() -> None:
    text = templates()["pjsip.conf"]
    sections = {line[1:].partition("]")[0] for line in text.splitlines() if line.startswith("[")}
    assert sections == RESERVED
    assert not any(is_section(name) for name in sections)


def test_only_the_file_that_asterisk_is_to_serve_is_checked_for_it_and_the_line_is_told(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text('name: office\nextensions:\n  - internal: "100"\n    lines: [{user: system}]\n')
    load(str(file))
    with pytest.raises(
        PbxFileRefused, match=r":4: extensions\[0\]\.lines\[0\]\.user: found 'system', expected a SIP user"
    ):
        load(str(file), engines=find_engines("asterisk"))


@pytest.mark.parametrize("secret", ["short", "with blank", "semi;colon;semi", "new\nline00"])
def test_a_password_that_a_configuration_file_would_break_is_refused(tmp_path: Path, secret: str) -> None:
    file = tmp_path / "office.yaml"
    text = secret.replace("\n", "\\n")
    file.write_text(
        f'name: office\nextensions: [{{internal: "100", lines: [{{user: sip100}}]}}]\n'
        f'asterisk:\n  lines: [{{line: sip100, secret: "{text}"}}]\n'
    )
    with pytest.raises(PbxFileRefused, match=r"asterisk\.lines\[0\]\.secret"):
        load(str(file))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("host", "sip.example.net:5060"),
        ("host", "-x"),
        ("user", "a;b"),
        ("user", "a\\nb"),
        ("secret", "semi;colon"),
        ("secret", "two words"),
        ("port", "0"),
    ],
)
def test_a_provider_that_a_configuration_file_would_break_is_refused_without_its_secret(
    tmp_path: Path, setting: str, value: str
) -> None:
    file = tmp_path / "office.yaml"
    told = {"trunk": "pstn", "host": "sip.example.net", "user": "customer", "secret": "paid-for"} | {setting: value}
    entries = ", ".join(f'{name}: "{text}"' if name != "port" else f"port: {text}" for name, text in told.items())
    file.write_text(f"name: office\nasterisk:\n  providers: [{{{entries}}}]\n")
    with pytest.raises(PbxFileRefused, match=rf":3: asterisk\.providers\[0\]\.{setting}") as refused:
        load(str(file))
    assert told["secret"] not in str(refused.value)


def test_a_provider_of_no_trunk_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(
        "name: office\nasterisk:\n  providers:\n"
        "    - {trunk: pstm, host: 127.0.0.1, user: customer, secret: paid-for}\n"
    )
    with pytest.raises(PbxFileRefused, match=r":4: asterisk\.providers\[0\]\.trunk: found 'pstm', .*pstn"):
        load(str(file), engines=find_engines("asterisk"))
