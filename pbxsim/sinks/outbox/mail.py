"""Notices by e-mail: as bytes, the same ones each time, handed to the PBX's mail server. Imported with the first one.

What the server says is told as the try's status: 4xx is tried again, 5xx means it (RFC 5321, 4.2.1).

Whatever a caller's number, a customer's reference or a file's name may hold, it stays in the header in which it stands
(RFC 5322, RFC 2045 to 2049): subject and file name lose their control characters, and an address must be one address.
"""

from __future__ import annotations

import asyncio
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

import aiosmtplib
import msgspec

from pbxsim.clock.instant import to_datetime
from pbxsim.pbx.errors import RecordingLate, RecordingUnreadable
from pbxsim.pbx.notice import Mail
from pbxsim.sinks.outbox.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Receiver
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.smtp import RecordingSource, SmtpServer

_LARGEST: Final = 100 * 1024 * 1024  # bytes of a recording; no mail server takes more, and all of it is held at once
_TOLD: Final = 500  # characters of what went wrong


class MailPost:
    """Sends notices by e-mail. `pbx` is the PBX's name: with it the number of a delivery is unique for a recipient."""

    def __init__(self, server: SmtpServer, recordings: RecordingSource, pbx: str) -> None:
        self._server = server
        self._recordings = recordings
        self._pbx = pbx

    async def send(self, delivery: Delivery, receiver: Receiver) -> Outcome:
        """Try once."""
        try:
            mail = msgspec.json.decode(delivery.notice.body, type=Mail)
            message = MailMessage(mail, delivery, self._pbx)
            recording = await self._recording(mail)
        except RecordingLate as error:
            return Outcome(verdict=Verdict.AGAIN, error=f"the recording {error.filename} is not there yet")
        except RecordingUnreadable as error:
            return _never(f"there is no recording {error.filename}")
        except (Unmailable, msgspec.MsgspecError) as error:
            return _never(str(error))
        content = await asyncio.to_thread(message.with_recording, recording)
        try:
            async with asyncio.timeout(self._server.timeout):
                return await self._hand_over(message, content)
        except TimeoutError:
            told = f"the mail server was not done within {self._server.timeout:g} s"
            return Outcome(verdict=Verdict.AGAIN, error=told, timed_out=True)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Outcome(verdict=Verdict.AGAIN, error=f"{type(error).__name__}: {error}"[:_TOLD])

    async def close(self) -> None:
        """Have nothing to close: each e-mail has a connection of its own."""

    async def _recording(self, mail: Mail) -> bytes:
        file = await self._recordings.open(mail.recording_folder, mail.recording_file)
        with file:
            content = await asyncio.to_thread(file.read, _LARGEST + 1)
        if len(content) > _LARGEST:
            raise Unmailable(f"the recording has more than {_LARGEST} bytes")
        return content

    async def _hand_over(self, message: MailMessage, content: bytes) -> Outcome:
        server = self._server
        _, told = await aiosmtplib.send(
            content,
            sender=message.sender,
            recipients=[message.recipient],
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password if server.username else None,
            local_hostname="localhost",  # else the system is asked for its name, and may take long
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
        )
        return Outcome(verdict=Verdict.DELIVERED, status=aiosmtplib.SMTPStatus.completed, reply=told[:_TOLD])


def _never(error: str) -> Outcome:
    return Outcome(verdict=Verdict.NEVER, error=error[:_TOLD])


def _refused(error: aiosmtplib.SMTPResponseException) -> Outcome:
    verdict = Verdict.NEVER if 500 <= error.code < 600 else Verdict.AGAIN
    told = f"SMTP {error.code}: {error.message}"[:_TOLD]
    return Outcome(verdict=verdict, status=max(error.code, 0), error=told)


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_BARE: Final = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"  # RFC 5321, 4.1.2
_ONE_ADDRESS: Final = re.compile(rf"(?P<bare>{_BARE})|(?P<name>[^<>@,;:\"\\]*)<(?P<angled>{_BARE})>")
_NO_ATOM: Final = re.compile(r"[^A-Za-z0-9-]+")
_TYPES: Final = {"mp3": "mpeg", "wav": "wav"}


class Unmailable(ValueError):
    """No such e-mail can be made; says why."""


class MailMessage:
    """An e-mail for the world: from whom, to whom, and its bytes."""

    def __init__(self, mail: Mail, delivery: Delivery, pbx: str) -> None:
        """Put it together, but for the recording. Raises Unmailable."""
        message = EmailMessage(SMTP)
        self.sender = _set_address(message, "From", mail.sender)
        self.recipient = _set_address(message, "To", mail.recipient)
        message["Subject"] = _one_line(mail.subject)
        message["Date"] = format_datetime(to_datetime(delivery.posted_at))
        name, domain = _NO_ATOM.sub("-", pbx)[:32], self.sender.rpartition("@")[2]
        message["Message-ID"] = f"<pbxsim.{name}.{delivery.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation message comes back
        message["X-Pbxsim-Delivery"] = str(delivery.id)
        message.set_content(_lines(mail.text), cte="quoted-printable")
        self._boundary = f"=_pbxsim.{name}.{delivery.id}"  # neither quoted-printable nor base64 can hold a `=_`
        self._attachment = _one_line(mail.attachment)
        self._message = message

    def with_recording(self, content: bytes) -> bytes:
        """Attach the recording, and give the whole as it goes over the wire."""
        kind = _TYPES.get(self._attachment.rpartition(".")[2].lower(), "octet-stream")
        maintype = "application" if kind == "octet-stream" else "audio"
        self._message.add_attachment(content, maintype=maintype, subtype=kind, filename=self._attachment)
        self._message.set_boundary(self._boundary)
        return self._message.as_bytes()


def _set_address(message: EmailMessage, header: str, text: str) -> str:
    """Set a header with one address; give that address without the name that may stand before it."""
    found = _ONE_ADDRESS.fullmatch(text)
    if found is None:
        raise Unmailable(f"{header} {text!r} is not one e-mail address")
    bare = found["bare"] or found["angled"]
    username, _, domain = bare.rpartition("@")
    message[header] = Address(_one_line(found["name"] or ""), username, domain)
    return bare


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _lines(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
