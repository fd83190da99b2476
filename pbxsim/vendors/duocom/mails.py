"""Recordings by e-mail: when a recorded call is over, and its record names the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from pbxsim.kit.params import has_control
from pbxsim.pbx.events import CdrClosed, NoticePosted
from pbxsim.pbx.notice import MAIL, Mail, Notice, Receiver
from pbxsim.vendors.duocom.charged import CALL_PLACES, NAME, belongs_to, call_values
from pbxsim.vendors.duocom.template import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.cdr import Cdr
    from pbxsim.vendors.duocom.settings import Account, Settings
    from pbxsim.vendors.duocom.site import Site

RECEIVER: Final = f"{NAME}:mail"
RECORDING: Final = "grabacion por correo"
PLACES: Final = (*CALL_PLACES, "segundos")
"""What can be said of a recorded call; `segundos` are those of the conversation."""

_ENCODE: Final = msgspec.json.Encoder().encode


def receivers(settings: Settings) -> Iterator[Receiver]:
    """Give the PBX's mail server, if any customer has an address."""
    if any(account.email for account in settings.accounts):
        yield Receiver(name=RECEIVER, vendor=NAME, address="smtp:")


def announce(site: Site) -> None:
    """Listen from now on for recorded calls, if any customer has an address."""
    told = [account for account in site.settings.accounts if account.email]

    def on_cdr(event: CdrClosed) -> None:
        for account in told:
            if event.cdr.recording_file and belongs_to(event.cdr, account):
                site.pbx.events.emit(NoticePosted(_notice(site, account, event.cdr)))

    if told:
        site.pbx.events.subscribe(CdrClosed, on_cdr)


def _notice(site: Site, account: Account, cdr: Cdr) -> Notice:
    form = site.settings.mail
    values = call_values(site, cdr.reference, cdr.start, cdr.src, cdr.dst) | {"segundos": str(cdr.billsec)}
    mail = Mail(
        sender=form.sender,
        recipient=account.email,
        subject=_one_line(filled(form.subject, values)),
        text=filled(form.text, values),
        recording_folder=cdr.recording_folder,
        recording_file=cdr.recording_file,
        attachment=_one_line(filled(form.attachment, values)),
    )
    return Notice(
        receiver=RECEIVER,
        event=RECORDING,
        call=cdr.call,
        method=MAIL,
        url=f"mailto:{quote(account.email, safe='@')}",
        content_type="application/json",
        body=_ENCODE(mail),
    )


def _one_line(text: str) -> str:
    """Leave out what could begin another header."""
    return "".join(character for character in text if not has_control(character))
