"""Recordings by e-mail, through a real mail server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.clock.instant import from_datetime
from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.pbx.notice import MAIL, Mail, Receiver, Retry
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.sinks.outbox import mail as mail_post
from pbxsim.sinks.outbox.smtp import SmtpServer
from pbxsim.web.tls import self_signed
from tests.receivers import MailReceiver
from tests.sinks.outbox.post_office import PostOffice, at, errors, only

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import BinaryIO

    from pbxsim.sinks.delivery import Try
    from pbxsim.sinks.outbox.outbox import Outbox

MP3 = b"ID3\x04" + bytes(range(256)) * 40


class Shelved:
    """Implements RecordingSource from memory. A recording that is being written comes when `finish` is called."""

    def __init__(self) -> None:
        self.files = {("/rec", "R1.mp3"): MP3}
        self.is_written = asyncio.Event()
        self.is_written.set()
        self.is_broken = False

    async def open(self, folder: str, file: str) -> BinaryIO:
        """Open one as soon as it is written."""
        await self.is_written.wait()
        if self.is_broken:
            raise ZeroDivisionError
        try:
            return BytesIO(self.files[folder, file])
        except KeyError:
            raise RecordingUnreadable(f"{folder}/{file}") from None


class MailRoom:
    """A post office whose outbox sends e-mails to a mail server."""

    def __init__(self, post: PostOffice, server: MailReceiver, **settings: Any) -> None:  # noqa: ANN401 - SmtpServer's own
        self.post = post
        self.server = server
        self.recordings = Shelved()
        told: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "timeout": 5.0, **settings}
        receiver = Receiver(name="duocom:mail", vendor="duocom", address="smtp:", retry=Retry(give_up=100))
        self.outbox: Outbox = post.open(receiver, smtp=SmtpServer(**told), recordings=self.recordings)

    def mail(self, **more: str) -> None:
        """Have an e-mail sent."""
        told = {
            "sender": "PBX <pbx@example.com>",
            "recipient": "ana@example.com",
            "subject": "Llamada R1",
            "text": "Grabación",
            "recording_folder": "/rec",
            "recording_file": "R1.mp3",
            "attachment": "R1.mp3",
            **more,
        }
        body = msgspec.json.encode(Mail(**told))
        self.post.post("recording", to="duocom:mail", method=MAIL, url="mailto:ana@example.com", body=body)

    async def outcome(self) -> tuple[DeliveryState, Try]:
        """Let it be tried, and give what became of it."""
        await self.post.advance(0)
        delivery = only(self.outbox)
        return delivery.state, delivery.tries[-1]


@pytest.fixture
async def server() -> AsyncIterator[MailReceiver]:
    """Give a mail server that is up."""
    made = await MailReceiver.started()
    yield made
    await made.go_down()


@pytest.fixture
async def room(post: PostOffice, server: MailReceiver) -> MailRoom:
    """Give a mail room for it."""
    return MailRoom(post, server)


async def test_a_recording_is_attached_to_an_e_mail(room: MailRoom) -> None:
    room.mail()
    state, made = await room.outcome()
    assert (state, made.status, made.error) == (DeliveryState.DELIVERED, 250, "")
    (mailed,) = room.server.mails
    assert (mailed.sender, mailed.recipients) == ("pbx@example.com", ["ana@example.com"])
    message = mailed.message
    assert (message["From"], message["To"], message["Subject"]) == (
        "PBX <pbx@example.com>",
        "ana@example.com",
        "Llamada R1",
    )
    assert message["Message-ID"] == "<pbxsim.office.1@example.com>"
    body = message.get_body()
    assert body is not None
    assert body.get_content() == "Grabación\r\n"
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("audio/mpeg", "R1.mp3")
    assert attached.get_content() == MP3


async def test_the_same_delivery_is_the_same_e_mail_when_it_is_sent_once_more(room: MailRoom) -> None:
    room.mail()
    await room.outcome()
    await room.outbox.redeliver(1)
    await room.outcome()
    first, second = room.server.mails
    assert first.content == second.content


async def test_a_recording_that_is_being_written_is_waited_for(room: MailRoom) -> None:
    room.recordings.is_written.clear()
    room.mail()
    barrier = asyncio.ensure_future(room.outbox.tried())
    done, _ = await asyncio.wait([barrier], timeout=0.05)
    assert not done
    room.recordings.is_written.set()
    await barrier
    assert len(room.server.mails) == 1


async def test_a_recording_that_is_gone_is_given_up_with_that_reason(room: MailRoom) -> None:
    room.recordings.files.clear()
    room.mail()
    state, made = await room.outcome()
    assert (state, made.error) == (DeliveryState.FAILED, "there is no recording /rec/R1.mp3")
    assert room.server.mails == []


async def test_a_recording_that_no_mail_server_takes_is_given_up(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_post, "_LARGEST", 100)
    room.mail()
    state, made = await room.outcome()
    assert (state, made.error) == (DeliveryState.FAILED, "the recording has more than 100 bytes")


@pytest.mark.parametrize("recipient", ["", "ana@example.com, eva@example.com", "ana@example.com\r\nRCPT TO:<eva@b.c>"])
async def test_an_address_that_is_none_is_given_up(room: MailRoom, recipient: str) -> None:
    room.mail(recipient=recipient)
    state, made = await room.outcome()
    assert (state, made.error) == (DeliveryState.FAILED, f"To {recipient!r} is not one e-mail address")


async def test_a_body_that_is_no_mail_is_given_up(room: MailRoom) -> None:
    room.post.post(to="duocom:mail", method=MAIL, url="mailto:ana@example.com", body=b"{}")
    state, made = await room.outcome()
    assert state is DeliveryState.FAILED
    assert "sender" in made.error


async def test_a_temporary_refusal_is_tried_again(room: MailRoom) -> None:
    room.server.replies.append("451 4.7.1 Greylisted, come back")
    room.server.recipient_replies.append("450 4.2.1 Mailbox busy")
    room.mail()
    await room.post.advance(60)
    delivery = only(room.outbox)
    assert [(made.status, made.error) for made in delivery.tries] == [
        (450, "SMTP 450: 4.2.1 Mailbox busy"),
        (451, "SMTP 451: 4.7.1 Greylisted, come back"),
        (250, ""),
    ]
    assert at(delivery) == [0, 1, 3]


@pytest.mark.parametrize("at_recipient", [True, False])
async def test_a_final_refusal_is_given_up_at_once(room: MailRoom, at_recipient: bool) -> None:
    replies = room.server.recipient_replies if at_recipient else room.server.replies
    replies.append("550 5.1.1 No such user")
    room.mail()
    state, made = await room.outcome()
    assert (state, made.status, made.error) == (DeliveryState.FAILED, 550, "SMTP 550: 5.1.1 No such user")


async def test_a_server_that_is_down_is_tried_again(room: MailRoom) -> None:
    await room.server.go_down()
    room.mail()
    state, made = await room.outcome()
    assert (state, made.status) == (DeliveryState.PENDING, 0)
    assert made.error.startswith("SMTPConnectError: ")


@pytest.mark.slow
async def test_a_server_that_hangs_costs_one_timeout(post: PostOffice, server: MailReceiver) -> None:
    room = MailRoom(post, server, timeout=0.2)
    server.is_hanging = True
    room.mail()
    await post.advance(50)
    delivery = only(room.outbox)
    assert errors(delivery) == ["the mail server was not done within 0.2 s"]
    assert delivery.state is DeliveryState.PENDING
    assert delivery.due == post.clock.now + 1_000_000


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Make a certificate for this machine, valid today."""
    return self_signed(tmp_path, ["127.0.0.1"], from_datetime(datetime.fromtimestamp(tmp_path.stat().st_mtime, UTC)))


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_with_a_password_over_tls(
    post: PostOffice, certificate: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    server = await MailReceiver.started(tls=certificate, from_the_beginning=security == "tls", users={"pbx": "tajné"})
    room = MailRoom(post, server, security=security, username="pbx", password="tajné")
    room.mail()
    state, made = await room.outcome()
    assert (state, made.error) == (DeliveryState.DELIVERED, "")
    (mailed,) = server.mails
    assert (mailed.user, mailed.was_encrypted) == ("pbx", True)
    await server.go_down()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    post: PostOffice, certificate: ssl.SSLContext, security: str
) -> None:
    server = await MailReceiver.started(tls=certificate, from_the_beginning=security == "tls")
    room = MailRoom(post, server, security=security)
    room.mail()
    state, made = await room.outcome()
    assert state is DeliveryState.PENDING
    assert "certificate" in made.error.lower()
    assert server.mails == []
    await server.go_down()


async def test_without_starttls_nothing_is_sent_where_it_is_wanted(post: PostOffice, server: MailReceiver) -> None:
    room = MailRoom(post, server, security="starttls")
    room.mail()
    state, made = await room.outcome()
    assert (state, server.mails) == (DeliveryState.PENDING, [])
    assert "STARTTLS" in made.error


async def test_a_wrong_password_is_given_up_and_not_told(post: PostOffice) -> None:
    server = await MailReceiver.started(users={"pbx": "right"})
    room = MailRoom(post, server, username="pbx", password="wrong-one")
    room.mail()
    state, made = await room.outcome()
    assert (state, made.status) == (DeliveryState.FAILED, 535)
    assert "wrong-one" not in made.error
    await server.go_down()


async def test_without_a_mail_server_an_e_mail_is_given_up(post: PostOffice) -> None:
    outbox = post.open(Receiver(name="duocom:mail", vendor="duocom", address="smtp:"), recordings=Shelved())
    post.post(to="duocom:mail", method=MAIL, url="mailto:a@b.c")
    await post.advance(0)
    assert errors(only(outbox)) == ["no mail server is configured"]


async def test_without_recordings_an_e_mail_is_given_up(post: PostOffice) -> None:
    outbox = post.open(Receiver(name="duocom:mail", vendor="duocom", address="smtp:"), smtp=SmtpServer(host="h"))
    post.post(to="duocom:mail", method=MAIL, url="mailto:a@b.c")
    await post.advance(0)
    assert errors(only(outbox)) == ["no recordings are kept here"]


async def test_a_fault_of_ours_is_told_in_the_log_and_tried_again(
    room: MailRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.recordings.is_broken = True
    room.mail()
    state, made = await room.outcome()
    assert (state, made.error) == (DeliveryState.PENDING, "pbxsim could not send it: ZeroDivisionError")
    assert "delivery 1 to duocom:mail failed" in caplog.text
    room.recordings.is_broken = False
    await room.post.advance(1)
    assert len(room.server.mails) == 1
