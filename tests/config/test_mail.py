"""The mail server in a PBX file."""

from __future__ import annotations

import pytest

from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from pbxsim.sinks.outbox.smtp import SmtpServer


def test_without_one_nothing_is_mailed() -> None:
    assert read("name: a", "a.yaml", {}).file.smtp is None


def test_a_host_is_enough() -> None:
    entry = read("name: a\nsmtp: {host: mail.example}", "a.yaml", {}).file.smtp
    assert entry is not None
    assert entry.server() == SmtpServer(host="mail.example", port=25, security="none", timeout=30)


@pytest.mark.parametrize("host", ["localhost", "192.0.2.25", "2001:db8::25", "mail_1", "mx.example.com."])
def test_a_host_is_whatever_a_resolver_may_know(host: str) -> None:
    entry = read(f"name: a\nsmtp: {{host: '{host}'}}", "a.yaml", {}).file.smtp
    assert entry is not None
    assert entry.host == host


def test_all_that_can_be_said_is_handed_on() -> None:
    text = "name: a\nsmtp: {host: m, port: 587, security: starttls, username: u, password: p, timeout: 5}"
    entry = read(text, "a.yaml", {}).file.smtp
    assert entry is not None
    assert entry.server() == SmtpServer(host="m", port=587, security="starttls", username="u", password="p", timeout=5)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("{}", "smtp.host"),
        ("{host: ''}", "smtp.host"),
        ("{host: mail server}", "smtp.host"),
        ("{host: 169.254.169.254}", "smtp.host"),
        ("{host: 'fd00:ec2::254'}", "smtp.host"),
        ("{host: '2852039166'}", "smtp.host"),
        ("{host: 'https://mail.example'}", "smtp.host"),
        ("{host: m, password: p}", "smtp.username"),
        ("{host: m, port: 0}", "smtp.port"),
        ("{host: m, security: ssl}", "smtp.security"),
        ("{host: m, timeout: 0}", "smtp.timeout"),
    ],
)
def test_what_can_never_work_is_refused(said: str, path: str) -> None:
    with pytest.raises(PbxFileRefused) as refused:
        read(f"name: a\nsmtp: {said}", "a.yaml", {})
    assert [fault.path for fault in refused.value.faults] == [path]
