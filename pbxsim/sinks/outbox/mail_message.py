"""An e-mail as bytes: from a vendor's Mail and a recording, the same ones each time (RFC 5322, RFC 2045 to 2049).

Whatever a caller's number, a customer's reference or a file's name may hold, it stays in the header in which it stands:
subject and file name lose their control characters, and an address must be one address.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import to_datetime

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Mail
    from pbxsim.sinks.delivery import Delivery

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
