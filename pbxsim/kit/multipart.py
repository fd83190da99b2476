"""Forms of type multipart/form-data (RFC 7578), as PHP's `CURLOPT_POSTFIELDS` with an array sends them.

Read by the standard library's MIME parser, which is imported only when such a form comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.params import UNREADABLE, Params

if TYPE_CHECKING:
    from email.message import Message


def parse_multipart(content_type: str, body: bytes) -> Params:
    """Give the form's text fields, the last of a name; files are left out, and what is no such form has no fields."""
    from email.parser import BytesParser
    from email.policy import HTTP

    header = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(header + body)
    params = Params()
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and part.get_filename() is None:
            params[name] = _text(part)
    return params


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return UNREADABLE  # a form within a form
    try:
        return content.decode()
    except UnicodeDecodeError:
        return UNREADABLE
