"""What a PBX file may say under `vendors: simotel: reports:`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from pbxsim.kit.civil import zone_or_none
from pbxsim.kit.vendor import SettingsFault

if TYPE_CHECKING:
    from collections.abc import Iterator


class Calendar(StrEnum):
    """In which calendar a report spells its dates."""

    PERSIAN = "persian"
    GREGORIAN = "gregorian"


class ReportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How reports are asked for and told.

    `time_zone` (IANA name) holds for the dates of requests and replies, `calendar` for those of replies.
    """

    time_zone: str = "Asia/Tehran"
    calendar: Calendar = Calendar.PERSIAN


def report_faults(settings: ReportSettings) -> Iterator[SettingsFault]:
    """Find what could never work."""
    if zone_or_none(settings.time_zone) is None:
        yield SettingsFault("reports.time_zone", settings.time_zone, "a time zone's IANA name, as Asia/Tehran")
