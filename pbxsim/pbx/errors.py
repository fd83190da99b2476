"""What the switch refuses, named by cause. Data in fields; the words for it belong to each vendor.

The core never knows an HTTP status or a vendor's code: a vendor maps these types to its own table.
"""

from __future__ import annotations


class PbxError(Exception):
    """The switch cannot do what was asked of it. Nothing has changed."""


class ExtensionNotFound(PbxError):
    """No extension has that public or internal number, id, or SIP user name."""


class DialplanNotFound(PbxError):
    """No numbering plan has that name."""


class AmbiguousExtension(PbxError):
    """Several numbering plans have that internal number, and none was named."""


class OutboundRouteNotFound(PbxError):
    """No outbound route has that name or id."""


class QueueNotFound(PbxError):
    """No queue has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class AgentRefused(PbxError):
    """No agent has that number, or the PIN is wrong: one error, so that a PIN cannot be guessed apart from a number."""


class CdrNotFound(PbxError):
    """No call record has that id."""


class NoRecording(PbxError):
    """The call record names no recording."""


class RecordingFolderRefused(PbxError):
    """The folder that a recording is to move to does not exist and cannot be made."""


class RecordingUnreadable(PbxError):
    """The recording that a call record names cannot be read. `filename` is its path as the record gives it."""

    def __init__(self, filename: str) -> None:
        super().__init__(filename)
        self.filename = filename


class RecordingLate(RecordingUnreadable):
    """The recording is not there yet, and will be."""


class RecordingMoveRefused(PbxError):
    """A recording cannot be put at `filename`, as the client gave it."""

    def __init__(self, filename: str) -> None:
        super().__init__(filename)
        self.filename = filename


class ImpossibleTransition(PbxError):
    """The switch itself asked for a step that its tables do not allow: a bug, never a client's fault."""


class MessageNotFound(PbxError):
    """No mailbox has a message of that number."""


class NothingToDo(PbxError):
    """A hand on a telephone found it in no state for that: nothing rings, nothing is up, it is registered already."""
