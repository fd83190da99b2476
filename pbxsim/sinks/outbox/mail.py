"""Notices by e-mail, handed to the PBX's mail server. Imported with the first one.

What the server says is told as the try's status: 4xx is tried again, 5xx means it (RFC 5321, 4.2.1).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiosmtplib
import msgspec

from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.pbx.notice import Mail
from pbxsim.sinks.outbox.mail_message import MailMessage, Unmailable
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
