"""An e-mail as bytes: the same ones each time, and nothing that is told can leave its place."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.notice import MAIL, Mail, Notice
from pbxsim.sinks.delivery import Delivery
from pbxsim.sinks.outbox.mail import MailMessage, Unmailable

_NOTICE = Notice(receiver="duocom:mail", event="recording", method=MAIL, url="mailto:ana@example.com")
_DELIVERY = Delivery(id=7, notice=_NOTICE, posted_at=1_700_000_000 * SECOND, due=0)


def message(
    *,
    sender: str = "pbx@example.com",
    recipient: str = "ana@example.com",
    subject: str = "Nahrávka",
    text: str = "Dobrý den",
    attachment: str = "R1.mp3",
    pbx: str = "office",
) -> MailMessage:
    """Put one together."""
    mail = Mail(
        sender=sender,
        recipient=recipient,
        subject=subject,
        text=text,
        recording_folder="/r",
        recording_file="r.mp3",
        attachment=attachment,
    )
    return MailMessage(mail, _DELIVERY, pbx)


def test_an_e_mail_byte_for_byte() -> None:
    assert message().with_recording(b"ID3\xff") == (
        b"From: pbx@example.com\r\n"
        b"To: ana@example.com\r\n"
        b"Subject: =?utf-8?q?Nahr=C3=A1vka?=\r\n"
        b"Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
        b"Message-ID: <pbxsim.office.7@example.com>\r\n"
        b"Auto-Submitted: auto-generated\r\n"
        b"X-Pbxsim-Delivery: 7\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="=_pbxsim.office.7"\r\n'
        b"\r\n"
        b"--=_pbxsim.office.7\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Dobr=C3=BD den\r\n"
        b"\r\n"
        b"--=_pbxsim.office.7\r\n"
        b"Content-Type: audio/mpeg\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="R1.mp3"\r\n'
        b"MIME-Version: 1.0\r\n"
        b"\r\n"
        b"SUQz/w==\r\n"
        b"\r\n"
        b"--=_pbxsim.office.7--\r\n"
    )


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [("a.mp3", "audio/mpeg"), ("a.MP3", "audio/mpeg"), ("a.wav", "audio/wav"), ("a", "application/octet-stream")],
)
def test_a_recording_is_called_what_it_is(attachment: str, kind: str) -> None:
    read = message_from_bytes(message(attachment=attachment).with_recording(b""), policy=policy.default)
    (attached,) = read.iter_attachments()
    assert attached.get_content_type() == kind


def test_a_sender_may_have_a_name() -> None:
    made = message(sender="Ústředna Čapek <pbx@example.com>")
    assert made.sender == "pbx@example.com"
    read = message_from_bytes(made.with_recording(b""), policy=policy.default)
    assert str(read["From"]) == "Ústředna Čapek <pbx@example.com>"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "a@",
        "@b",
        "a@b, c@d",
        "a@b;c@d",
        "a@b c@d",
        "a@b>,<c@d",
        "a@b\r\nBcc: c@d",
        "a@b\n",
        "x\r\nBcc: c@d <a@b>",
        "G: a@b;",
        "ě@b.cz",
        "a@-b",
        'x" <c@d>, "y <a@b>',
    ],
)
def test_an_address_is_one_address(address: str) -> None:
    with pytest.raises(Unmailable, match="is not one e-mail address"):
        message(recipient=address)
    with pytest.raises(Unmailable, match="is not one e-mail address"):
        message(sender=address)


@pytest.mark.slow
@given(subject=st.text(), text=st.text(), attachment=st.text(), pbx=st.text(), content=st.binary(max_size=300))
def test_whatever_is_told_stays_in_its_place(
    subject: str, text: str, attachment: str, pbx: str, content: bytes
) -> None:
    made = message(subject=subject, text=text, attachment=attachment, pbx=pbx).with_recording(content)
    assert made == message(subject=subject, text=text, attachment=attachment, pbx=pbx).with_recording(content)
    made.decode("ascii")
    read = message_from_bytes(made, policy=policy.default)
    assert read.keys() == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Pbxsim-Delivery",
        "MIME-Version",
        "Content-Type",
    ]
    first, second = read.iter_parts()
    assert first.keys() == ["Content-Type", "Content-Transfer-Encoding"]
    assert second.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"]
    assert second.get_payload(decode=True) == content


@given(
    injected=st.sampled_from(["\r\nBcc: evil@example.org", "\nX: y", "\r\n\r\nbody", "\x85X: y", "\u2028X: y", "\0"])
)
def test_no_line_end_makes_a_header(injected: str) -> None:
    made = message(subject=f"a{injected}", attachment=f"b{injected}.mp3").with_recording(b"")
    read = message_from_bytes(made, policy=policy.default)
    assert "Bcc" not in read
    assert "X" not in read
    (attached,) = read.iter_attachments()
    assert (attached.get_filename() or "").startswith("b ")


def test_a_text_cannot_end_its_part() -> None:
    text = "--=_pbxsim.office.7\r\nContent-Type: text/html\r\n\r\n<b>\r\n.\r\n--=_pbxsim.office.7--"
    read = message_from_bytes(message(text=text).with_recording(b"x"), policy=policy.default)
    assert len(list(read.iter_parts())) == 2
    body = read.get_body()
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
