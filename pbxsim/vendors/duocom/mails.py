"""Recordings by e-mail: when a recorded call is over, and its record names the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from pbxsim.kit.params import has_control
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import MAIL, Mail, Notice, Receiver
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.duocom.charged_legs import belongs_to, call_values
from pbxsim.vendors.duocom.template import filled
from pbxsim.vendors.duocom.wire import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.cdr import Cdr
    from pbxsim.vendors.duocom.settings import Account, Settings
    from pbxsim.vendors.duocom.state import State

RECEIVER: Final = f"{NAME}:mail"
RECORDING: Final = "grabacion por correo"

_ENCODE: Final = msgspec.json.Encoder().encode


def receivers(settings: Settings) -> Iterator[Receiver]:
    """Give the PBX's mail server, if any customer has an address."""
    if any(account.email for account in settings.accounts):
        yield Receiver(name=RECEIVER, vendor=NAME, address="smtp:")


def announce(state: State) -> None:
    """Listen from now on for recorded calls, if any customer has an address."""
    if any(account.email for account in state.settings.accounts):
        state.pbx.events.subscribe(CallRecorded, RecordingMails(state).on_recorded)


class RecordingMails:
    """Has each recording mailed to the customer whose call it was (R28)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._told = [account for account in state.settings.accounts if account.email]

    def on_recorded(self, event: CallRecorded) -> None:
        """Post the mail of a call that was recorded."""
        if not event.file:
            return
        whole = event.whole
        for account in self._told:
            if belongs_to(whole, account):
                self._state.pbx.events.emit(NoticePosted(_notice(self._state, account, whole)))


def _notice(state: State, account: Account, cdr: Cdr) -> Notice:
    form = state.settings.mail
    values = call_values(state, cdr.reference, cdr.start, cdr.src, cdr.dst) | {"segundos": str(cdr.billsec)}
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
