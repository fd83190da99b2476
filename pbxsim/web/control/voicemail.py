"""Voice mail: mailboxes with what waits there, messages, and each message as a file."""

from __future__ import annotations

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.request import Request
from pbxsim.pbx.errors import MessageNotFound, RecordingUnreadable
from pbxsim.pbx.mailbox import NEW, OLD, Mailbox, Message
from pbxsim.web.control.paging import NamedPage, Page, listing, named_listing
from pbxsim.web.control.recordings import sent
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command


class MessageFilter(Page, kw_only=True):
    """Which messages; all that is given must fit."""

    mailbox: str | None = None
    heard: bool | None = None


class Marking(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a message was heard."""

    heard: bool


class MailboxShown(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox, and how many messages wait in it."""

    number: str
    context: str
    owner: str
    new: int
    old: int
    full: bool


class MessageShown(msgspec.Struct, frozen=True, kw_only=True):
    """A message: who left it when, how long it is, and where to get it."""

    id: int
    mailbox: str
    caller: str
    caller_name: str
    call: int
    received: str
    seconds: int
    heard: bool
    folder: str
    file: str
    url: str


async def mailboxes(host: HostedPbx, query: NamedPage) -> Response:
    """List all mailboxes, in the PBX file's order."""
    return await named_listing(
        host.pbx.voicemail.mailboxes.values(), query, _mailbox_shown, name=lambda mailbox: mailbox.number
    )


async def listed(host: HostedPbx, query: MessageFilter) -> Response:
    """List messages, in the order in which they were left."""
    if query.mailbox is not None and query.mailbox not in host.pbx.voicemail.mailboxes:
        raise Problem(404, f"there is no mailbox {query.mailbox!r}")
    found = (message for message in host.pbx.voicemail.messages() if _fits(message, query))
    return await listing(found, query.limit, _shown, key=lambda message: message.id)


async def one(request: Request, host: HostedPbx, message: int) -> Response:
    """Send a message, or the part of it that a Range asks for; one that is being written just now is waited for."""
    found = _found(host, message)
    gone = Problem(404, f"the file of message {message} is not there")
    if host.recorder is None:
        raise gone
    try:
        file = await host.recorder.open_message(found)
    except RecordingUnreadable:
        raise gone from None
    return sent(request, found.file, file)


def mark(host: HostedPbx, message: int, body: Marking) -> Command:
    """Have a message count as heard, or as new."""
    _found(host, message)
    return Command("mark message", {"message": message, "heard": body.heard}, lambda: _marked(host, message, body))


def delete(host: HostedPbx, message: int) -> Command:
    """Throw a message away; give it as it was."""
    shown = _shown(_found(host, message))
    return Command("delete message", {"message": message}, lambda: _deleted(host, message, shown))


def _marked(host: HostedPbx, message: int, body: Marking) -> Response:
    return document(_shown(host.pbx.voicemail.mark(message, is_heard=body.heard)))


def _deleted(host: HostedPbx, message: int, shown: MessageShown) -> Response:
    host.pbx.voicemail.delete(message)
    return document(shown)


def _fits(message: Message, query: MessageFilter) -> bool:
    return (
        message.id > query.after
        and query.mailbox in (None, message.mailbox)
        and query.heard in (None, message.is_heard)
    )


def _found(host: HostedPbx, number: int) -> Message:
    try:
        return host.pbx.voicemail.message(number)
    except MessageNotFound:
        raise Problem(404, f"there is no message {number}") from None


def _mailbox_shown(mailbox: Mailbox) -> MailboxShown:
    new, old = mailbox.counts
    return MailboxShown(
        number=mailbox.number, context=mailbox.context, owner=mailbox.owner, new=new, old=old, full=mailbox.is_full
    )


def _shown(message: Message) -> MessageShown:
    return MessageShown(
        id=message.id,
        mailbox=message.mailbox,
        caller=message.caller,
        caller_name=message.caller_name,
        call=message.call,
        received=iso(message.left_at),
        seconds=message.seconds,
        heard=message.is_heard,
        folder=OLD if message.is_heard else NEW,
        file=message.file,
        url=f"/_pbxsim/voicemail/{message.id}/recording",
    )
