"""The action moverecord: a call's recording is moved to another folder, renamed, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.errors import CdrNotFound
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.parameters import whole_number

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.voipsun.state import State


def move_record(request: Request, state: State) -> Reply:
    """S34: move the recording of a call record; the name or the folder that is not given stays."""
    params = request.params
    cdr_id = whole_number(params.text("cdrId"))
    if cdr_id is None:
        raise CdrNotFound
    state.pbx.recordings.move(cdr_id, folder=params.text("path") or None, file=params.text("filename") or None)
    return wire.success()
