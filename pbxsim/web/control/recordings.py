"""Recordings: which there are, and each as a file, whole or a part of it.

A recording is reached by the id of its call's record. No client names a path here, so none can ask for another file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.request import Request
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.pbx.errors import CdrNotFound, RecordingUnreadable
from pbxsim.web.control.paging import Page, listing
from pbxsim.web.control.response import Problem, Response
from pbxsim.web.file_bytes import FileBytes, RangeNotSatisfiable, asked_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from pbxsim.pbx.pbx import Pbx

_WAV, _MP3 = "audio/wav", "audio/mpeg"


class RecordingShown(msgspec.Struct, frozen=True, kw_only=True):
    """Where a recording lies, under the folder of recordings, and where to get it."""

    id: int
    call: int
    folder: str
    file: str
    billsec: int
    url: str


async def listed(host: HostedPbx, query: Page) -> Response:
    """List the recordings that records name, in the order of the records' ids."""
    wanted = CdrQuery(has_recording=True, after=query.after, limit=query.limit)
    named = [cdr async for cdr in host.pbx.cdrs.seek(wanted)]
    return await listing(named, query.limit, _shown, key=lambda cdr: cdr.id)


async def one(request: Request, host: HostedPbx, cdr: int) -> Response:
    """Send a recording, or the part of it that a Range asks for; one that is being written just now is waited for."""
    record = _found(host.pbx, cdr)
    return sent(request, record.recording_file, await _opened(host, record))


def sent(request: Request, name: str, file: BinaryIO) -> Response:
    """Send a sound file of that name, or the part of it that a Range asks for. Raises Problem 416."""
    try:
        return _answer(request, name, file)
    except BaseException:
        file.close()
        raise


def _shown(cdr: Cdr) -> RecordingShown:
    return RecordingShown(
        id=cdr.id,
        call=cdr.call,
        folder=_whole(cdr.recording_folder),
        file=_whole(cdr.recording_file),
        billsec=cdr.billsec,
        url=f"/_pbxsim/cdrs/{cdr.id}/recording",
    )


def _found(pbx: Pbx, number: int) -> Cdr:
    try:
        cdr = pbx.cdrs.get(number)
    except CdrNotFound:
        raise Problem(404, f"there is no call record {number}") from None
    if not cdr.recording_file:
        raise Problem(404, f"call record {number} names no recording")
    return cdr


async def _opened(host: HostedPbx, cdr: Cdr) -> BinaryIO:
    gone = Problem(404, f"the recording of call record {cdr.id} is not there")
    if host.recorder is None:
        raise gone
    try:
        return await host.recorder.open(cdr.recording_folder, cdr.recording_file)
    except RecordingUnreadable:
        raise gone from None


def _answer(request: Request, name: str, file: BinaryIO) -> Response:
    seen = os.fstat(file.fileno())
    size, tag = seen.st_size, f'"{seen.st_mtime_ns:x}-{seen.st_size:x}"'
    first, length, status = _part(request, size, tag)
    headers = dict(_headers(name, tag), **{"Content-Length": str(length)})
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    kind = _MP3 if name.lower().endswith(".mp3") else _WAV
    body = FileBytes(file, first, length)
    return Response(body=body, status=status, content_type=kind, headers=tuple(headers.items()))


def _part(request: Request, size: int, tag: str) -> tuple[int, int, int]:
    """Give the first byte, how many, and the status. Raises Problem 416."""
    headers = request.headers
    unchanged = headers.get("If-Range", tag) == tag
    try:
        part = asked_for(headers.get("Range"), size) if unchanged and request.method == "GET" else None
    except RangeNotSatisfiable:
        raise Problem(416, f"the recording has {size} bytes", ("Content-Range", f"bytes */{size}")) from None
    return (0, size, 200) if part is None else (*part, 206)


def _headers(name: str, tag: str) -> Iterator[tuple[str, str]]:
    yield "Accept-Ranges", "bytes"
    yield "ETag", tag
    yield "Content-Disposition", f"attachment; filename*=UTF-8''{quote(_whole(name), safe='')}"


def _whole(text: str) -> str:
    """Spell what is no character, so that JSON can hold it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
