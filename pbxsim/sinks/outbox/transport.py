"""Which way a notice leaves: by HTTP or by e-mail, each made ready with its first notice."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.notice import MAIL
from pbxsim.sinks.outbox import target
from pbxsim.sinks.outbox.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.pbx.notice import Receiver
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.outcome import Sender
    from pbxsim.sinks.outbox.smtp import RecordingSource, SmtpServer

_log: Final = logging.getLogger("pbxsim")


class Dispatch:
    """Sends each delivery to its receiver, if that is still the one it was made for."""

    def __init__(
        self, receivers: Mapping[str, Receiver], pbx: str, smtp: SmtpServer | None, recordings: RecordingSource | None
    ) -> None:
        self._receivers = receivers
        self._pbx = pbx
        self._smtp = smtp
        self._recordings = recordings
        self._web: Sender | None = None
        self._mail: Sender | None = None

    async def send(self, delivery: Delivery) -> Outcome:
        """Try once."""
        receiver = self._receivers.get(delivery.notice.receiver)
        fault = target.fault(delivery.notice, receiver) or self._unready(delivery.notice.method)
        if fault or receiver is None:
            return Outcome(verdict=Verdict.NEVER, error=fault)
        try:
            return await self._sender(delivery.notice.method).send(delivery, receiver)
        except Exception as error:  # a fault of ours: it must neither stop the order nor lose what stands in it
            _log.exception("delivery %d to %s failed", delivery.id, receiver.name)
            return Outcome(verdict=Verdict.AGAIN, error=f"pbxsim could not send it: {type(error).__name__}")

    @property
    def is_open(self) -> bool:
        """Tell whether there are connections to close."""
        return self._web is not None or self._mail is not None

    async def close(self) -> None:
        """Close all connections."""
        senders, self._web, self._mail = (self._web, self._mail), None, None
        for sender in senders:
            if sender is not None:
                await sender.close()

    def _unready(self, method: str) -> str:
        if method != MAIL:
            return ""
        if self._smtp is None:
            return "no mail server is configured"
        return "" if self._recordings is not None else "no recordings are kept here"

    def _sender(self, method: str) -> Sender:
        if method == MAIL:
            return self._mail_sender()
        if self._web is None:
            from pbxsim.sinks.outbox.http import WebPost

            self._web = WebPost()
        return self._web

    def _mail_sender(self) -> Sender:
        if self._mail is None:
            from pbxsim.sinks.outbox.mail import MailPost

            assert self._smtp is not None  # `_unready` has looked
            assert self._recordings is not None
            self._mail = MailPost(self._smtp, self._recordings, self._pbx)
        return self._mail
