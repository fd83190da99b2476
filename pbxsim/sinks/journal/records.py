"""How the journal spells the records of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import iso
from pbxsim.sinks.journal.spelling import Data, Spelt, cause_words

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr


def spell_cdr(cdr: Cdr) -> Spelt:
    """Spell the record; `answer` is null where nobody answered."""
    data: Data = {
        "id": cdr.id,
        "vendor": cdr.vendor,
        "direction": cdr.direction.value,
        "src": cdr.src,
        "dst": cdr.dst,
        "start": iso(cdr.start),
        "answer": iso(cdr.answer) if cdr.answer else None,
        "end": iso(cdr.end),
        "duration": cdr.duration,
        "billsec": cdr.billsec,
        "disposition": cdr.disposition.value,
        **cause_words(cdr.cause),
        "clid": {"number": cdr.clid_number, "name": cdr.clid_name},
        "channel": cdr.channel,
        "dst_channel": cdr.dst_channel,
        "context": cdr.context,
        "trunk": cdr.trunk,
        "custom": list(cdr.custom),
        "account": cdr.account,
        "reference": cdr.reference,
        **_recording(cdr),
    }
    return cdr.call, "", data


def spell_moved(cdr: Cdr) -> Spelt:
    """Spell where the recording of a record is now."""
    return cdr.call, "", {"cdr": cdr.id, **_recording(cdr)}


def _recording(cdr: Cdr) -> Data:
    return {"recording_folder": cdr.recording_folder, "recording_file": cdr.recording_file}
