"""What a PBX file says of voice mail: mailboxes, who may hear them, and how they take messages."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import seconds
from pbxsim.kit.values import Seconds, SomeSeconds
from pbxsim.pbx.mailbox import Mailbox, MailboxRules

MailboxNumber: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z_]{1,40}$", title='the number of a mailbox, as text: "100"')
]
VoicemailContext: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z_-]{1,40}$", title="a context of voicemail.conf, as default")
]


class MailboxEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mailbox. An extension's `voicemail` leads there, or a destination; names in brackets are voicemail.conf's."""

    number: Annotated[MailboxNumber, Meta(description="What `voicemail` means; unique in the file.")]
    owner: Annotated[str, Meta(description="Whose messages are in it (fullname).")] = ""
    pin: Annotated[
        str,
        Meta(
            pattern=r"^[0-9]{0,20}$",
            title="a PIN of digits, as text",
            description="Opens it; empty: nobody can by telephone.",
        ),
    ] = ""
    context: Annotated[VoicemailContext, Meta(description="Stands behind the @ in call records.")] = "default"
    greeting: Annotated[Seconds, Meta(description="How long the greeting and the beep take.")] = 5
    min_seconds: Annotated[
        Seconds, Meta(description="What is shorter is thrown away, and what is below one second (minsecs).")
    ] = 0
    max_seconds: Annotated[SomeSeconds, Meta(description="Longest message (maxsecs).")] = 180
    max_silence: Annotated[
        Seconds,
        Meta(description="A caller who is silent for so long, on hold, has done; 0: never (maxsilence)."),
    ] = 10
    max_messages: Annotated[int, Meta(ge=1, le=9_999, description="More are not taken (maxmsg).")] = 100

    def mailbox(self) -> Mailbox:
        """Make the switch's own of it."""
        rules = MailboxRules(
            greeting=seconds(self.greeting),
            shortest=seconds(self.min_seconds),
            longest=seconds(self.max_seconds),
            silence=seconds(self.max_silence),
            most=self.max_messages,
        )
        return Mailbox(number=self.number, context=self.context, owner=self.owner, pin=self.pin, rules=rules)
