"""Whom a telephone hears, packet by packet, over real sockets: relayed, translated, refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pbxsim.engines.sip.media import rtp, sounds
from pbxsim.engines.sip.media.codecs import EVENTS, PCMA, PCMU, Codec
from pbxsim.engines.sip.media.g711 import Law, other_law
from pbxsim.engines.sip.media.media import Media
from pbxsim.engines.sip.media.ports import NoPortLeft, Ports
from pbxsim.engines.sip.media.sdp import Direction, Unacceptable
from tests.engines.sip.media.scene import SAID, Scene, notice
from tests.engines.sip.media.telephones import Telephone, free_ports, packet

OPUS = Codec(96, "opus", 48_000, 2)


async def test_what_one_says_the_other_hears_byte_for_byte_and_the_other_way_round() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        one.says(packet(SAID), his.port)
        assert await other.hears() == packet(SAID)
        other.says(packet(SAID[::-1], sequence=9), hers.port)
        assert await one.hears() == packet(SAID[::-1], sequence=9)


async def test_over_ipv6_too() -> None:
    with Scene() as scene:
        (one, his), (other, hers) = scene.telephone(host="::1"), scene.telephone()
        hers.hears(his)
        one.says(packet(SAID), his.port)
        assert await other.hears() == packet(SAID)


async def test_a_telephone_behind_a_nat_is_sent_to_where_its_packets_come_from() -> None:
    with Scene() as scene, Telephone() as outside:
        one, his, _, hers = scene.two()
        outside.says(packet(b"hers"), hers.port)
        assert await one.hears() == packet(b"hers")
        one.says(packet(SAID), his.port)
        assert await outside.hears() == packet(SAID)


async def test_a_third_partys_packets_are_refused_once_the_telephone_is_known() -> None:
    with Scene() as scene, Telephone() as stranger:
        one, his, other, _ = scene.two()
        one.says(packet(b"known"), his.port)
        assert await other.hears() == packet(b"known")
        for number in range(20):
            stranger.says(packet(b"stranger", sequence=number), his.port)
        one.says(packet(b"still known"), his.port)
        assert await other.hears() == packet(b"still known")


async def test_a_stranger_who_sends_before_the_telephone_does_is_not_taken_for_it() -> None:
    with Scene() as scene, Telephone("127.0.0.2") as stranger:
        one, his, other, hers = scene.two()
        for number in range(20):
            stranger.socket.sendto(packet(b"stranger", sequence=number), (one.host, his.port))
        one.says(packet(b"his own"), his.port)
        assert await other.hears() == packet(b"his own")
        other.says(packet(b"for him alone"), hers.port)
        assert await one.hears() == packet(b"for him alone")
        with pytest.raises(BlockingIOError):
            stranger.socket.recv(2_000)


async def test_what_a_stranger_sent_just_behind_the_first_packet_is_refused_too() -> None:
    with Scene() as scene, Telephone() as stranger:
        one, his, other, _ = scene.two()
        one.says(packet(b"first"), his.port)
        stranger.says(packet(b"stranger"), his.port)
        one.says(packet(b"second"), his.port)
        assert [await other.hears(), await other.hears()] == [packet(b"first"), packet(b"second")]


async def test_rubbish_is_not_taken_for_the_telephone() -> None:
    with Scene() as scene, Telephone() as stranger:
        one, his, other, _ = scene.two()
        for rubbish in (b"", b"\x80", bytes(100), b"\xff" * 100):
            stranger.says(rubbish, his.port)
        one.says(packet(SAID), his.port)
        assert await other.hears() == packet(SAID)


async def test_a_telephone_that_describes_itself_elsewhere_has_moved() -> None:
    with Scene() as scene, Telephone() as elsewhere:
        one, his, other, hers = scene.two()
        one.says(packet(b"here"), his.port)
        assert await other.hears() == packet(b"here")
        port = his.port
        his.take_offer(elsewhere.describes((PCMU,)))
        his.answer()
        assert his.port == port
        other.says(packet(b"there"), hers.port)
        assert await elsewhere.hears() == packet(b"there")
        elsewhere.says(packet(b"from there"), his.port)
        assert await other.hears() == packet(b"from there")


async def test_a_telephone_that_holds_as_before_rfc_3264_stays_where_it_is() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        one.says(packet(b"here"), his.port)
        assert await other.hears() == packet(b"here")
        held = one.describes((PCMU, EVENTS)).replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 0.0.0.0")
        his.take_offer(held)
        his.answer()
        before = his.holds
        his.take_offer(one.describes())
        his.answer()
        assert (before, his.holds) == (True, False)
        other.says(packet(b"still there"), hers.port)
        assert await one.hears() == packet(b"still there")


async def test_a_telephone_at_the_last_port_has_none_for_rtcp() -> None:
    errors = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, about: errors.append(about))
    with Scene() as scene, Telephone() as report:
        (_, his), (_, hers) = scene.telephone(), scene.telephone()
        hers.take_offer(report.describes((PCMU,)).replace(b"audio %d" % report.port, b"audio 65535"))
        hers.answer()
        hers.hears(his)
        report.says(b"\x80\xc9\0\x01\0\0\0\x07", his.port + 1)
        for number in range(2):
            came = notice(his)
            report.says(packet(SAID, sequence=number), his.port)
            await came.wait()
    assert errors == []


async def test_a_telephone_that_offers_another_place_is_learnt_anew() -> None:
    with Scene() as scene, Telephone() as elsewhere:
        one, his, other, hers = scene.two()
        one.says(packet(b"here"), his.port)
        assert await other.hears() == packet(b"here")
        his.take_offer(elsewhere.describes((PCMU,)))
        his.answer()
        elsewhere.says(packet(b"from there"), his.port)
        assert await other.hears() == packet(b"from there")
        other.says(packet(b"there"), hers.port)
        assert await elsewhere.hears() == packet(b"there")


@pytest.mark.parametrize(("one_law", "other_law_"), [(Law.MU, Law.A), (Law.A, Law.MU)])
async def test_one_law_is_put_into_the_other_with_the_same_times(one_law: Law, other_law_: Law) -> None:
    codec = {Law.MU: PCMU, Law.A: PCMA}
    with Scene() as scene:
        one, his, other, _ = scene.two((codec[one_law],), (codec[other_law_],))
        marked = packet(SAID, kind=one_law.value | rtp.MARK, sequence=77, at=4_000)
        one.says(marked, his.port)
        expected = packet(SAID.translate(other_law(one_law)), other_law_.value | rtp.MARK, sequence=77, at=4_000)
        assert await other.hears() == expected


async def test_what_stands_between_header_and_sound_is_no_sound() -> None:
    with Scene() as scene:
        one, his, other, _ = scene.two((PCMU,), (PCMA,))
        head = bytearray(packet(b""))
        head[0] = 0x80 | 0x20 | 0x10 | 0x01  # padded, with an extension, and one contributing source
        one.says(bytes(head) + bytes(4) + b"\xbe\xde\x00\x01" + bytes(4) + SAID + b"\0\0\0\x04", his.port)
        assert (await other.hears())[rtp.HEADER :] == SAID.translate(other_law(Law.MU))


async def test_the_ports_beside_carry_rtcp() -> None:
    with Scene() as scene, Telephone() as report:
        one, his, other, _ = scene.two()
        other_rtcp = Telephone()
        scene.telephones.append(other_rtcp)
        hers = scene.media.open(other.host)
        report.says(b"\x80\xc9\0\x01\0\0\0\x07", his.port + 1)
        other_rtcp.says(b"\x80\xc9\0\x01\0\0\0\x08", hers.port + 1)
        hers.hears(his)
        his.hears(hers)
        one.says(packet(SAID), his.port)
        assert await other.hears() == packet(SAID)
        report.says(b"\x80\xc9\0\x01\0\0\0\x09", his.port + 1)
        assert await other_rtcp.hears() == b"\x80\xc9\0\x01\0\0\0\x09"


async def test_who_holds_is_sent_nothing_until_it_goes_on() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        his.take_offer(one.describes((PCMU, EVENTS), Direction.SENDONLY))
        assert b"a=recvonly" in his.answer()
        before = his.holds
        one.says(packet(b"music of its own"), his.port)
        assert await other.hears() == packet(b"music of its own")
        came = notice(hers)
        other.says(packet(b"while held"), hers.port)
        await came.wait()
        his.take_offer(one.describes())
        his.answer()
        assert (before, his.holds) == (True, False)
        one.says(packet(b"back"), his.port)
        assert await other.hears() == packet(b"back")
        other.says(packet(b"back too"), hers.port)
        assert await one.hears() == packet(b"back too")


async def test_the_answer_must_take_what_was_offered() -> None:
    with Scene() as scene, Telephone() as one:
        party = scene.media.open(one.host)
        party.offer()
        with pytest.raises(Unacceptable, match="none of the codecs"):
            party.accept(one.describes((OPUS, EVENTS)))
        assert not party.codecs
        party.accept(one.describes((PCMA,)))
        assert party.codecs == (PCMA,)


async def test_only_a_description_that_says_something_new_has_a_higher_version() -> None:
    with Scene() as scene, Telephone() as one:
        party = scene.media.open(one.host)
        first = party.offer()
        assert party.offer() == first
        held = party.offer(direction=Direction.SENDONLY)
        assert first.split(b"\r\n")[1].split()[2] == b"1"
        assert held.split(b"\r\n")[1].split()[2] == b"2"


async def test_ports_are_pairs_given_out_in_turn_and_refused_when_there_are_none() -> None:
    first = free_ports(8)
    with Media(Ports(first, first + 7)) as media:
        parties = [media.open("127.0.0.1") for _ in range(3)]
        assert [party.port for party in parties] == [first + 1, first + 3, first + 5]
        with pytest.raises(NoPortLeft, match="all 3 pairs"):
            media.open("127.0.0.1")
        media.close(parties[1])
        assert media.open("127.0.0.1").port == first + 3
    with pytest.raises(ValueError, match="no pair of ports from 9 to 9"):
        Ports(9, 9)


@pytest.mark.slow
async def test_nothing_is_left_open_behind_a_thousand_calls() -> None:
    before = _descriptors()
    with Scene() as scene:
        for _ in range(1_000):
            first, second = scene.media.open("127.0.0.1"), scene.media.open("127.0.0.1")
            first.hears(second)
            second.hears(first)
            scene.media.close(first)
            scene.media.close(second)
            scene.media.close(second)
        assert len(scene.media) == 0
        assert scene.time.waiting == 0
    assert _descriptors() == before


async def test_the_end_of_one_leaves_the_other_in_silence() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        scene.media.close(hers)
        one.says(packet(SAID), his.port)
        his.hears(sounds.ring_back())
        scene.time.passes(0.001)
        assert (await one.hears())[rtp.HEADER :] == sounds.ring_back().payload(Law.MU, 0)
        assert other.socket.fileno() >= 0


def _descriptors() -> list[str]:
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").exists() else Path("/dev/fd")
    return sorted(each.name for each in folder.iterdir())
