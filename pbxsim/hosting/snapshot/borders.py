"""Where a PBX's state ends: what belongs to the process, the world outside, or the PBX file, and is in no snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.derived import Derived

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTSIDE: Final = frozenset(
    {
        "pbxsim.config.load.LoadedFile",
        "pbxsim.hosting.masking.Mask",
        "pbxsim.hosting.recordings_folder.Moves",
        "pbxsim.hosting.recordings_folder.RecordingsFolder",
        "pbxsim.hosting.routing_questions.Questions",
        "pbxsim.hosting.secret_values.SecretValues",
        "pbxsim.sinks.outbox.pending.DeliveryContext",
        "pbxsim.sinks.outbox.transport.Dispatch",
        "pbxsim.sinks.recordings.files.NoRecordings",
        "pbxsim.sinks.recordings.files.RecordingRoot",
        "pbxsim.sinks.recordings.recorder.Recorder",
    }
)
"""Classes whose objects are not looked into, and never referred to: files, sockets, secrets, the customer's servers."""

OUTSIDE_MODULES: Final = ("asyncio", "_asyncio", "uvloop", "pbxsim.sinks.store")
"""Nor are any of these."""

LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    "pbxsim.clock.driver.ClockDriver": frozenset(
        {
            "is_real_time", "barriers", "_rate", "_loop", "_handle", "_turn", "_leap", "_holds", "_is_asked",
            "_working", "_wakes_at", "_anchor", "_anchored_at", "_world", "_apart", "_looked_at", "_made_up",
        }
    ),
    "pbxsim.clock.scheduler.Scheduler": frozenset({"_until"}),
    "pbxsim.hosting.engine_session.EngineSession": frozenset(
        {"_engine", "_driver", "_acted", "_has_begun", "_taking_over", "_failure"}
    ),
    "pbxsim.hosting.hosted_pbx.HostedPbx": frozenset(
        {
            "assembly", "audience", "commands", "credentials", "derived", "found_records", "injection", "questions",
            "record_store", "recorder", "request_limits", "secrets", "_masks", "_placed", "_runs", "_vendors",
        }
    ),
    "pbxsim.hosting.injection.Injection": frozenset({"_driver", "_waiting"}),
    "pbxsim.hosting.request_log.RequestLog": frozenset({"_masks", "changed"}),
    "pbxsim.pbx.bus.EventBus": frozenset({"failures", "wanted", "_staged", "_listeners", "_topics", "_unmade"}),
    "pbxsim.pbx.calls.CallControl": frozenset({"recorder", "topics"}),
    "pbxsim.pbx.decision.Decisions": frozenset({"questioner"}),
    "pbxsim.pbx.pbx.Pbx": frozenset({"name"}),
    "pbxsim.pbx.recording.Recordings": frozenset({"files", "reader"}),
    "pbxsim.sinks.cdr_memory.CdrMemory": frozenset({"history", "_lasting", "_looked"}),
    "pbxsim.sinks.outbox.held_back.HeldBack": frozenset({"_driver", "_release"}),
    "pbxsim.sinks.outbox.notice_faults.FaultySending": frozenset({"_send"}),
    "pbxsim.sinks.outbox.outbox.Outbox": frozenset(
        {"_record_store", "_dispatch", "_loop", "_is_cleared", "_closing", "_context", "changed", "faults"}
    ),
    "pbxsim.sinks.outbox.pending.PendingQueue": frozenset({"_context", "_is_fetching"}),
    "pbxsim.sinks.outbox.worker.ReceiverWorker": frozenset({"_context", "_loop", "_task", "_turned", "_is_trying"}),
}  # fmt: skip
"""Attributes that are the process's, or that follow from others, by class; all others of a class are its state."""


def class_name(kind: type) -> str:
    """Give the name of a class, by which documents know it."""
    return f"{kind.__module__}.{kind.__qualname__}"


def is_outside(thing: object) -> bool:
    """Tell whether something lies outside of a PBX's state."""
    kind = type(thing)
    return isinstance(thing, Derived) or class_name(kind) in OUTSIDE or kind.__module__.startswith(OUTSIDE_MODULES)
