"""An engine that is told to writes down what telephones say to it and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.driver import ClockDriver
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.engines.sip import listening
from pbxsim.engines.sip.capture import Capture
from pbxsim.engines.sip.sip_settings import SipEntry
from pbxsim.hosting.engine_session import EngineSession
from pbxsim.testing.office import Office, extension
from tests.engines.sip.media.telephones import Telephone
from tests.engines.sip.test_capture import records
from tests.engines.sip.torture import request
from tests.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_comes_in_and_what_goes_out_is_in_the_file(tmp_path: Path) -> None:
    office, entry = Office(extension("100")), SipEntry(port=own_port())
    capture = Capture(tmp_path / "calls.pcap")
    engine = listening(capture=capture)
    opened = engine.open({"sip": entry, "phones": PhonesEntry(), "traffic": ()}, office.pbx)
    driver = ClockDriver(office.clock, rate=1, is_real_time=True)
    session = EngineSession(engine, opened, driver, lambda: None)
    driver.start()
    try:
        await session.start()
        with Telephone() as telephone:
            asked = request(b"OPTIONS sip:pbx.example SIP/2.0", "captured", {b"Via": b"SIP/2.0/UDP 127.0.0.1;rport"})
            telephone.says(asked, entry.port)
            answer = await telephone.hears()
            (_, _, first), (_, _, second) = records(tmp_path / "calls.pcap")
        ours, theirs = entry.port.to_bytes(2), telephone.port.to_bytes(2)
        assert (first[20:24], first[28:]) == (theirs + ours, asked)
        assert (second[20:24], second[28:]) == (ours + theirs, answer)
        assert first[12:20] == second[12:20] == bytes([127, 0, 0, 1] * 2)
    finally:
        await session.close()
        driver.close()
        capture.close()
