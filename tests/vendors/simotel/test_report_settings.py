"""What a PBX file may say about reports."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.report_client import report_office


@pytest.mark.parametrize("name", ["Asia/Tehran", "UTC", "Europe/Prague"])
def test_a_time_zone_that_there_is_has_no_fault(name: str) -> None:
    settings = msgspec.convert({"reports": {"time_zone": name, "calendar": "gregorian"}}, Settings)
    assert list(vendor.check(settings, report_office().pbx)) == []


@pytest.mark.parametrize("name", ["Tehran", "", "/etc/passwd"])
def test_a_time_zone_that_there_is_not_is_a_fault(name: str) -> None:
    settings = msgspec.convert({"reports": {"time_zone": name}}, Settings)
    (fault,) = vendor.check(settings, report_office().pbx)
    assert (fault.path, fault.value) == ("reports.time_zone", name)


@pytest.mark.parametrize("reports", [{"calendar": "lunar"}, {"zone": "UTC"}])
def test_what_no_report_knows_is_refused(reports: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"reports": reports}, Settings)
