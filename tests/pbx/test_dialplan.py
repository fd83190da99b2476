"""What a number means to whoever dials it."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Dialplan, Refused, ToExtension, ToHours, ToHunt, ToPlayback, ToTrunk
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.feature import Feature
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.pbx.routes import NumberingPlan as Plan
from pbxsim.testing.office import extension

UPC = Trunk(id=1, name="upc")
SPARE = Trunk(id=2, name="spare")
OUT = OutboundRoute(id=1, name="out", patterns=("_00X.", "_9XXXXXX"), trunks=(UPC, SPARE))
STRIPPED = OutboundRoute(id=2, name="stripped", patterns=("_8X.",), trunks=(SPARE,), strip=1, prepend="+420")
ALL_ROUTES = (OUT, STRIPPED)


def _dialplan(*contexts: Context) -> Dialplan:
    return Dialplan(
        Directory(
            extensions=[
                extension("100", public=["299299100", "299299900"]),
                extension("101"),
                extension("200", dialplan="branch"),
            ],
            trunks=[UPC, SPARE],
            routes=ALL_ROUTES,
            dialplans=[Plan(id=1, name="main"), Plan(id=2, name="branch")],
            contexts=contexts,
        )
    )


def _meaning(dialplan: Dialplan, number: str, context: str = "main") -> tuple[object, ...]:
    """Say in short what a number leads to."""
    match dialplan.resolve(number, context):
        case ToExtension() as to:
            return "extension", to.number, to.extension.internal
        case ToTrunk() as to:
            return "trunk", to.number, *(trunk.name for trunk in to.trunks)
        case ToPlayback() as to:
            return "playback", to.number, to.length
        case Refused() as to:
            return "refused", to.number, to.cause
        case ToHunt() as to:
            return "hunt", to.number, to.name
        case ToHours() as to:
            return "hours", to.number, to.name, to.context


def test_an_internal_number_rings_the_extension_of_that_plan_only() -> None:
    dialplan = _dialplan()
    assert _meaning(dialplan, "101", "main") == ("extension", "101", "101")
    assert _meaning(dialplan, "200", "branch") == ("extension", "200", "200")
    assert _meaning(dialplan, "200", "main") == ("refused", "200", HangupCause.UNALLOCATED)


def test_every_numbering_plan_is_a_context_with_all_routes_in_order() -> None:
    dialplan = _dialplan()
    for plan in ("main", "branch"):
        assert _meaning(dialplan, "0042", plan) == ("trunk", "0042", "upc", "spare")
        assert _meaning(dialplan, "8123", plan) == ("trunk", "+420123", "spare")


@pytest.mark.parametrize("context", ["main", "branch", "guests", "no such context"])
@pytest.mark.parametrize("public", ["299299100", "299299900"])
def test_a_call_to_an_own_public_number_stays_inside_whatever_the_context_says(public: str, context: str) -> None:
    barred = Context(name="guests", entries=(("_X.", Step(hangup=21)),))
    assert _meaning(_dialplan(barred), public, context) == ("extension", public, "100")


def test_a_call_to_an_own_public_number_stays_inside_whatever_way_out_is_named() -> None:
    dialplan = _dialplan()
    for to in (
        dialplan.by_trunk("299299100", "upc"),
        dialplan.by_trunk("299299100", "no such trunk"),
        dialplan.by_route("299299100", OUT),
    ):
        assert isinstance(to, ToExtension)
        assert (to.number, to.extension.internal, to.lines) == ("299299100", "100", to.extension.lines)


def test_a_named_trunk_is_taken_as_it_is() -> None:
    dialplan = _dialplan()
    to = dialplan.by_trunk("12", "spare")
    assert isinstance(to, ToTrunk)
    assert (to.number, to.trunks) == ("12", (SPARE,))
    lost = dialplan.by_trunk("12", "no such trunk")
    assert isinstance(lost, Refused)
    assert (lost.number, lost.cause) == ("12", HangupCause.NO_ROUTE_DESTINATION)


def test_a_named_route_takes_a_number_that_its_patterns_would_not() -> None:
    to = _dialplan().by_route("512", STRIPPED)
    assert isinstance(to, ToTrunk)
    assert (to.number, to.trunks) == ("+42012", (SPARE,))


def test_one_line_of_an_extension_may_be_meant_alone() -> None:
    own = extension("100")
    assert ToExtension("100", own).lines == own.lines
    assert ToExtension("100", own, own.lines[0]).lines == own.lines[:1]


def test_a_number_that_nothing_fits_is_unallocated() -> None:
    assert _meaning(_dialplan(), "7") == ("refused", "7", HangupCause.UNALLOCATED)
    assert _meaning(_dialplan(), "") == ("refused", "", HangupCause.UNALLOCATED)


def test_an_unknown_context_leads_nowhere() -> None:
    assert _meaning(_dialplan(), "100", "nowhere") == ("refused", "100", HangupCause.NO_ROUTE_DESTINATION)
    assert not _dialplan().knows("nowhere")
    assert _dialplan().knows("branch")


@pytest.mark.parametrize(
    ("step", "meaning"),
    [
        (Step(extension="101"), ("extension", "101", "101")),
        (Step(extension="200"), ("refused", "55", HangupCause.UNALLOCATED)),
        (Step(dial="299299100"), ("extension", "299299100", "100")),
        (Step(dial="101"), ("extension", "101", "101")),
        (Step(dial="0042"), ("trunk", "0042", "upc", "spare")),
        (Step(dial="6"), ("refused", "55", HangupCause.UNALLOCATED)),
        (Step(route="out"), ("trunk", "55", "upc", "spare")),
        (Step(route="stripped"), ("trunk", "+4205", "spare")),
        (Step(hangup=17), ("refused", "55", HangupCause.USER_BUSY)),
        (Step(play_seconds=2.5), ("playback", "55", 2_500_000)),
        (Step(play_seconds=0), ("playback", "55", 0)),
    ],
)
def test_a_step_says_what_becomes_of_a_number(step: Step, meaning: tuple[object, ...]) -> None:
    context = Context(name="shop", dialplan="main", entries=(("55", step),), routes=ALL_ROUTES)
    assert _meaning(_dialplan(context), "55", "shop") == meaning


def test_the_most_specific_entry_wins_wherever_it_stands() -> None:
    entries = (("_X.", Step(hangup=1)), ("_5X", Step(hangup=17)), ("55", Step(hangup=21)), ("_[45]X", Step(hangup=34)))
    dialplan = _dialplan(Context(name="shop", entries=entries))
    causes = [_meaning(dialplan, number, "shop")[2] for number in ("55", "56", "46", "555")]
    assert causes == [21, 17, 34, 1]


def test_entries_come_before_extensions_before_routes_before_includes() -> None:
    any_number = (("_XXX.", Step(hangup=34)), ("_XXX", Step(hangup=34)))
    inner = Context(name="inner", entries=any_number)
    wide = OutboundRoute(id=9, name="wide", patterns=("_1XX",), trunks=(UPC,))
    outer = Context(
        name="outer", dialplan="main", entries=(("100", Step(hangup=17)),), routes=(wide,), includes=("inner",)
    )
    dialplan = _dialplan(inner, outer)
    assert _meaning(dialplan, "100", "outer") == ("refused", "100", 17)
    assert _meaning(dialplan, "101", "outer") == ("extension", "101", "101")
    assert _meaning(dialplan, "102", "outer") == ("trunk", "102", "upc")
    assert _meaning(dialplan, "202", "outer") == ("refused", "202", 34)


def test_the_first_route_that_fits_is_taken_and_not_the_most_specific() -> None:
    wide = OutboundRoute(id=8, name="wide", patterns=("_X.",), trunks=(UPC,))
    narrow = OutboundRoute(id=9, name="narrow", patterns=("605",), trunks=(SPARE,))
    dialplan = _dialplan(Context(name="shop", routes=(wide, narrow)), Context(name="office", routes=(narrow, wide)))
    assert _meaning(dialplan, "605", "shop") == ("trunk", "605", "upc")
    assert _meaning(dialplan, "605", "office") == ("trunk", "605", "spare")


def test_includes_are_asked_in_order_and_an_unknown_one_is_passed_over() -> None:
    first = Context(name="first", entries=(("1", Step(hangup=17)),))
    second = Context(name="second", entries=(("1", Step(hangup=21)), ("2", Step(hangup=22))))
    dialplan = _dialplan(first, second, Context(name="shop", includes=("missing", "first", "second")))
    assert [_meaning(dialplan, number, "shop")[2] for number in "123"] == [17, 22, HangupCause.UNALLOCATED]


def test_a_context_takes_the_place_of_the_plan_of_its_name() -> None:
    dialplan = _dialplan(Context(name="main", dialplan="branch"))
    assert _meaning(dialplan, "200", "main") == ("extension", "200", "200")
    assert _meaning(dialplan, "100", "main") == ("refused", "100", HangupCause.UNALLOCATED)


def test_steps_that_dial_one_another_end_as_unallocated() -> None:
    there = Context(name="there", entries=(("1", Step(dial="2")), ("2", Step(dial="1"))))
    assert _meaning(_dialplan(there), "1", "there") == ("refused", "1", HangupCause.UNALLOCATED)


def test_a_step_that_dials_itself_goes_on_to_nothing_else() -> None:
    there = Context(name="there", entries=(("_X.", Step(dial="100")),))
    assert _meaning(_dialplan(there), "55", "there") == ("refused", "55", HangupCause.UNALLOCATED)


def test_contexts_that_include_one_another_end_as_unallocated() -> None:
    names = tuple(f"c{index}" for index in range(40))
    everyone = [Context(name=name, includes=names) for name in names]  # tried again at each depth, this takes for ever
    assert _meaning(_dialplan(*everyone), "55", "c0") == ("refused", "55", HangupCause.UNALLOCATED)


def test_a_number_behind_many_includes_is_found() -> None:
    chain = [Context(name=f"c{index}", includes=(f"c{index + 1}",)) for index in range(40)]
    last = Context(name="c40", entries=(("55", Step(hangup=22)),))
    assert _meaning(_dialplan(*chain, last), "55", "c0") == ("refused", "55", HangupCause.NUMBER_CHANGED)


def test_the_same_question_gets_the_same_answer_and_each_context_its_own() -> None:
    dialplan = _dialplan(Context(name="shop", entries=(("100", Step(play_seconds=1)),)))
    first = dialplan.resolve("100", "main")
    dialplan.resolve("101", "main")
    assert dialplan.resolve("100", "main") is first
    assert _meaning(dialplan, "100", "shop") == ("playback", "100", SECOND)


@pytest.mark.slow
def test_more_numbers_than_are_remembered_may_be_asked_and_answers_stay_true() -> None:
    dialplan = _dialplan()
    first = dialplan.resolve("101", "main")
    for number in range(20_100):
        dialplan.resolve(f"00{number}", "main")
    assert dialplan.resolve("101", "main") is not first, "old answers are forgotten, so that memory has an end"
    assert _meaning(dialplan, "101") == ("extension", "101", "101")
    assert _meaning(dialplan, "0000") == ("trunk", "0000", "upc", "spare")


@pytest.mark.parametrize("number", ["004 2", "004٢", "0042a", "00" + "1" * 19, "001+2"])
def test_a_number_that_no_trunk_can_be_given_is_refused(number: str) -> None:
    assert _meaning(_dialplan(), number) == ("refused", number, HangupCause.INVALID_NUMBER_FORMAT)
    for to in (_dialplan().by_trunk(number, "upc"), _dialplan().by_route(number, OUT)):
        assert isinstance(to, Refused)
        assert to.cause is HangupCause.INVALID_NUMBER_FORMAT


def test_what_counts_is_the_number_as_the_route_leaves_it() -> None:
    assert _meaning(_dialplan(), "81+1") == ("refused", "+4201+1", HangupCause.INVALID_NUMBER_FORMAT)


def test_of_a_routes_trunks_those_are_left_that_can_be_given_the_number() -> None:
    short, long = Trunk(id=3, name="short", longest_number=4), Trunk(id=4, name="long", longest_number=40)
    route = OutboundRoute(id=9, name="both", patterns=("_.",), trunks=(short, long))
    names = []
    for number in ("1234", "12345"):
        to = _dialplan().by_route(number, route)
        assert isinstance(to, ToTrunk)
        names.append([trunk.name for trunk in to.trunks])
    assert names == [["short", "long"], ["long"]]


def test_a_step_may_lead_to_opening_hours_whose_steps_are_taken_in_that_context() -> None:
    dialplan = _dialplan(Context(name="in", entries=(("5", Step(hours="office")), ("6", Step(voicemail="100")))))
    assert _meaning(dialplan, "5", "in") == ("hours", "5", "office", "in")
    assert _meaning(dialplan, "6", "in") == ("hunt", "6", "voicemail 100")


def test_a_feature_is_dialled_where_there_is_a_numbering_plan_behind_its_extensions() -> None:
    features = [
        Feature(number="*8", name="pickup"),
        Feature(number="101", name="parking a"),
        Feature(number="7", name="b"),
    ]
    dialplan = Dialplan(
        Directory(
            extensions=[extension("101")],
            dialplans=[Plan(id=1, name="main")],
            contexts=[Context(name="in"), Context(name="all", includes=("main",))],
            features=features,
        )
    )
    assert _meaning(dialplan, "*8") == _meaning(dialplan, "*8", "all") == ("hunt", "*8", "pickup")
    assert _meaning(dialplan, "101") == ("extension", "101", "101")
    assert _meaning(dialplan, "*8", "in") == ("refused", "*8", HangupCause.UNALLOCATED)
    assert _meaning(dialplan, "7") == ("hunt", "7", "b")
