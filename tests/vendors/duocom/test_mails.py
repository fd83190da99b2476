"""Recordings by e-mail: which calls are sent, to whom, in what words, and that nothing can get into a header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import MAIL, Mail, Notice, Receiver
from pbxsim.sinks.recordings import formats
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.settings import Account, RecordingMail
from tests.vendors.duocom.client import CUSTOMER, Client, with_account, with_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.vendors.duocom.settings import Settings

ADDRESS = "ana+grabaciones@example.com"
TALKED = {"llamante": "990105000", "llamado": "990107020"}


def sent(settings: Settings, root: Path, **fields: str) -> list[Notice]:
    """Have a call made and run to its end on a PBX that records; give the mails that were posted."""
    client = Client(settings)
    recorder = Recorder(RecordingRoot(root))
    recorder.attach(client.office.pbx)
    vendor.announce(client.interface)
    client.record(**TALKED | fields)
    recorder.close(finish=True)
    return [event.notice for event in client.office.heard if isinstance(event, NoticePosted)]


@pytest.mark.cites("S7", "R28")
def test_a_recorded_call_is_mailed_to_its_customer_with_the_recording_attached(tmp_path: Path) -> None:
    (notice,) = sent(with_account(email=ADDRESS), tmp_path, grabar="1")
    assert notice == Notice(
        receiver="duocom:mail",
        event="grabacion por correo",
        call=1,
        method=MAIL,
        url="mailto:ana%2Bgrabaciones@example.com",
        content_type="application/json",
        body=notice.body,
    )
    assert msgspec.json.decode(notice.body, type=Mail) == Mail(
        sender="pbxsim@localhost",
        recipient=ADDRESS,
        subject="Grabación de la llamada 53010203",
        text=(
            "Adjuntamos la grabación de su llamada.\n\nReferencia: 53010203\nFecha: 14-11-2023 23:13:20\n"
            "Llamante: 990105000\nLlamado: 990107020\nConversación: 20 s\n"
        ),
        recording_folder="duocom/666111666/2023-11-14",
        recording_file="53010203.mp3",
        attachment="53010203.mp3",
    )
    assert (tmp_path / "duocom/666111666/2023-11-14/53010203.mp3").exists()


@pytest.mark.cites("R28")
def test_only_calls_that_were_recorded_are_mailed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_account(email=ADDRESS)
    assert sent(settings, tmp_path) == []
    assert sent(settings, tmp_path, grabar="1", llamado="990300000") == []  # nobody talked
    assert len(sent(with_account(email=ADDRESS, records=True), tmp_path)) == 1
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    assert sent(settings, tmp_path, grabar="1") == []  # no encoder, no recording


@pytest.mark.cites("R28")
def test_without_an_address_nothing_is_mailed_and_there_is_no_mail_server(tmp_path: Path) -> None:
    assert sent(with_account(), tmp_path, grabar="1") == []
    assert list(vendor.receivers(Client().interface)) == []
    server = Receiver(name="duocom:mail", vendor="duocom", address="smtp:")
    assert list(vendor.receivers(Client(with_account(email=ADDRESS)).interface)) == [server]


@pytest.mark.cites("R28")
def test_each_customer_gets_its_own_recordings(tmp_path: Path) -> None:
    other = Account(principal="666222666", password="Otra", account="customer", activated=True, email="eva@example.com")
    mine = msgspec.structs.replace(CUSTOMER, email=ADDRESS)
    settings = with_settings(accounts=(mine, other))
    (notice,) = sent(settings, tmp_path, principal="666222666", password="Otra", grabar="1")
    assert msgspec.json.decode(notice.body, type=Mail).recipient == "eva@example.com"


@pytest.mark.cites("R28")
def test_the_words_and_the_sender_are_settings(tmp_path: Path) -> None:
    words = RecordingMail(
        sender="pbx@example.com", subject="{llamante} > {llamado}", text="{hora}", attachment="{fecha} {ref_id}.mp3"
    )
    settings = msgspec.structs.replace(with_account(email=ADDRESS), mail=words)
    (notice,) = sent(settings, tmp_path, grabar="1")
    mail = msgspec.json.decode(notice.body, type=Mail)
    assert (mail.sender, mail.subject, mail.text) == ("pbx@example.com", "990105000 > 990107020", "23:13:20")
    assert mail.attachment == "14-11-2023 53010203.mp3"


@pytest.mark.cites("R28")
def test_a_line_end_never_reaches_a_header(tmp_path: Path) -> None:
    words = RecordingMail(subject="a {acceso}", attachment="{acceso}.mp3")
    settings = msgspec.structs.replace(with_account(email=ADDRESS), mail=words, access="x\r\nBcc: eva@example.com\x00")
    (notice,) = sent(settings, tmp_path, grabar="1")
    mail = msgspec.json.decode(notice.body, type=Mail)
    assert (mail.subject, mail.attachment) == ("a xBcc: eva@example.com", "xBcc: eva@example.com.mp3")
