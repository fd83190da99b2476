"""What must be there once, and what must name something that is there."""

from __future__ import annotations

import pytest

from tests.config.paper import pbx_file, told

OFFICE = """
dialplans: [{name: main}, {name: branch}]
extensions:
  - {internal: "100", id: 1, public: ["222333444"], lines: [{id: 1, user: sip100}]}
  - {internal: "101", id: 2, lines: [{id: 2, user: sip101}]}
  - {internal: "100", id: 3, dialplan: branch, user: sip102}
trunks: [{name: upc, id: 1}]
routes: [{name: out, id: 1, trunks: [upc]}]
contexts:
  - {name: app, dialplan: main, routes: [out], includes: [branch],
     entries: {"9": {extension: "100"}, "8": {route: out}, "7": {queue: help}, "6": {group: team}}}
tariffs: [{name: cheap, rates: [{prefix: "1"}, {prefix: "2"}]}]
accounts: [{name: firm, tariff: cheap}]
agents: [{number: "1", dialplan: branch, line: sip100}]
queues:
  - {name: help, members: [{agent: "1"}], waiters: [{channel: SIP/upc-00000001}]}
groups: [{name: team, context: app, rows: [{numbers: ["100"]}]}]
dids:
  - {number: "222000001", queue: help}
  - {number: "222000002", group: team, context: app}
  - {number: "222000003", extension: "100"}
cdrs: [{id: 1, start: 2020-01-01, src: "1", dst: "2", account: firm, trunk: upc}]
"""


def test_a_file_whose_references_all_lead_somewhere_is_right() -> None:
    assert pbx_file(OFFICE).name == "office"


@pytest.mark.parametrize(
    ("before", "after", "path", "value", "expected"),
    [
        ("id: 3, dialplan: branch", "id: 3, dialplan: brunch", "extensions[2].dialplan", "brunch",
         "a dialplan of this file (did you mean branch?)"),
        ("app, dialplan: main", "app, dialplan: x", "contexts[0].dialplan", "x", "a dialplan of this file"),
        ("routes: [out]", "routes: [in]", "contexts[0].routes[0]", "in", "an outbound route of this file"),
        ("includes: [branch]", "includes: [x]", "contexts[0].includes[0]", "x", "a context or dialplan of this file"),
        ("includes: [branch]", "includes: [app]", "contexts[0].includes[0]", "app",
         "a context that does not lead back to this one"),
        ('extension: "100"', 'extension: "1000"', 'contexts[0].entries["9"].extension', "1000",
         "the number of an extension in dialplan main of this file (did you mean 100?)"),
        ("app, dialplan: main", "app", 'contexts[0].entries["9"].extension', "100",
         "a `dialplan` in this context, whose number that is"),
        ("{route: out}", "{route: x}", 'contexts[0].entries["8"].route', "x", "an outbound route of this file"),
        ("trunks: [upc]", "trunks: [ucp]", "routes[0].trunks[0]", "ucp", "a trunk of this file (did you mean upc?)"),
        ("tariff: cheap", "tariff: x", "accounts[0].tariff", "x", "a tariff of this file"),
        ("line: sip100", "line: x", "agents[0].line", "x", "the SIP user of a line of this file"),
        ('"1", dialplan: branch', '"1", dialplan: x', "agents[0].dialplan", "x", "a dialplan of this file"),
        ('agent: "1"', 'agent: "2"', "queues[0].members[0].agent", "2", "the number of an agent of this file"),
        ("{queue: help}", "{queue: hepl}", 'contexts[0].entries["7"].queue', "hepl",
         "a queue of this file (did you mean help?)"),
        ("{group: team}", "{group: x}", 'contexts[0].entries["6"].group', "x", "a ring group of this file"),
        ("team, context: app, rows", "team, context: x, rows", "groups[0].context", "x",
         "a context or dialplan of this file"),
        ("01\", queue: help", "01\", queue: x", "dids[0].queue", "x", "a queue of this file"),
        ("group: team, context: app}", "group: tea, context: app}", "dids[1].group", "tea",
         "a ring group of this file (did you mean team?)"),
        ("group: team, context: app}", "group: team, context: x}", "dids[1].context", "x",
         "a context or dialplan of this file"),
        ('03", extension: "100"', '03", extension: "1000"', "dids[2].extension", "1000",
         "the number of an extension in dialplan main of this file (did you mean 100?)"),
        ('03", extension: "100"', '03", context: branch, extension: "101"', "dids[2].extension", "101",
         "the number of an extension in dialplan branch of this file (did you mean 100?)"),
        ("account: firm", "account: x", "cdrs[0].account", "x", "an account of this file"),
        ("firm, trunk: upc", "firm, trunk: x", "cdrs[0].trunk", "x", "a trunk of this file"),
    ],
)  # fmt: skip
def test_what_is_named_and_not_there_is_a_fault(before: str, after: str, path: str, value: str, expected: str) -> None:
    assert before in OFFICE
    assert [fault[1:] for fault in told(OFFICE.replace(before, after, 1))] == [(path, value, expected)]


@pytest.mark.parametrize(
    ("before", "after", "path", "value", "first"),
    [
        ("{name: branch}", "{name: branch}, {name: main}", "dialplans[2].name", "main", "dialplans[0].name"),
        ("{name: main}, {name: branch}", "{name: main, id: 7}, {name: branch, id: 7}", "dialplans[1].id", 7,
         "dialplans[0].id"),
        ("id: 2, lines", "id: 1, lines", "extensions[1].id", 1, "extensions[0].id"),
        ("id: 2, user: sip101", "id: 1, user: sip101", "extensions[1].lines[0].id", 1, "extensions[0].lines[0].id"),
        ("user: sip101", "user: sip100", "extensions[1].lines[0].user", "sip100", "extensions[0].lines[0].user"),
        ("branch, user: sip102", "branch, user: sip101", "extensions[2].user", "sip101", "extensions[1].lines[0].user"),
        ("user: sip102", "user: upc", "trunks[0].name", "upc", "extensions[2].user"),
        ('"101", id: 2', '"100", id: 2', "extensions[1].internal", "100", "extensions[0].internal"),
        ("id: 2, lines", 'id: 2, public: ["222333444"], lines', "extensions[1].public[0]", "222333444",
         "extensions[0].public[0]"),
        ("{name: out, id: 1, trunks: [upc]}", "{name: out, trunks: [upc]}, {name: out, trunks: [upc]}",
         "routes[1].name", "out", "routes[0].name"),
        ("{name: firm, tariff: cheap}", "{name: firm, tariff: cheap}, {name: firm}", "accounts[1].name", "firm",
         "accounts[0].name"),
        ("{name: upc, id: 1}", "{name: upc, id: 1}, {name: o2, id: 1}", "trunks[1].id", 1, "trunks[0].id"),
        ('{prefix: "2"}', '{prefix: "1"}', "tariffs[0].rates[1].prefix", "1", "tariffs[0].rates[0].prefix"),
        ('[{agent: "1"}]', '[{agent: "1"}, {agent: "1"}]', "queues[0].members[1].agent", "1",
         "queues[0].members[0].agent"),
        ("222000001", "222333444", "dids[0].number", "222333444", "extensions[0].public[0]"),
        ("222000002", "222000001", "dids[1].number", "222000001", "dids[0].number"),
        ("groups: [", 'groups: [{name: team, rows: [{numbers: ["1"]}]}, ', "groups[1].name", "team", "groups[0].name"),
        ("includes: [branch]", "includes: [branch, branch]", "contexts[0].includes[1]", "branch",
         "contexts[0].includes[0]"),
    ],
)  # fmt: skip
def test_what_must_be_there_once_and_is_there_twice_is_a_fault(
    before: str, after: str, path: str, value: object, first: str
) -> None:
    assert before in OFFICE
    faults = [fault[1:] for fault in told(OFFICE.replace(before, after, 1))]
    assert faults == [(path, value, f"a value of its own: {first} has this one already")]


def test_in_another_dialplan_an_internal_number_may_be_there_again() -> None:
    file = pbx_file(OFFICE)
    assert [entry.internal for entry in file.extensions] == ["100", "101", "100"]


def test_the_sip_user_that_the_short_form_implies_counts_too() -> None:
    faults = told(
        """
        dialplans: [{name: a}, {name: b}]
        extensions: [{internal: "100", dialplan: a}, {internal: "100", dialplan: b}]
        """
    )
    expected = "a value of its own: extensions[0].internal has this one already"
    assert faults == [(3, "extensions[1].internal", "100", expected)]


def test_contexts_that_include_one_another_in_a_circle_are_a_fault_where_they_do() -> None:
    faults = told("contexts: [{name: a, includes: [b]}, {name: b, includes: [c]}, {name: c, includes: [a]}, {name: d}]")
    assert [path for _, path, _, _ in faults] == [
        "contexts[0].includes[0]",
        "contexts[1].includes[0]",
        "contexts[2].includes[0]",
    ]


def test_without_trunks_and_routes_the_implied_ones_can_be_named() -> None:
    assert pbx_file("contexts: [{name: app, routes: [pstn]}]").trunks is None
    faults = told("trunks: []\ncontexts: [{name: app, routes: [pstn]}]")
    assert faults == [(3, "contexts[0].routes[0]", "pstn", "an outbound route of this file")]


def test_without_dialplans_the_implied_one_can_be_named() -> None:
    assert pbx_file("contexts: [{name: app, dialplan: default}]").dialplans == ()
    faults = told('extensions: [{internal: "1", dialplan: main}]')
    assert faults == [(2, "extensions[0].dialplan", "main", "a dialplan of this file")]


@pytest.mark.parametrize(
    "text",
    [
        'contexts: [{name: [], entries: {s: {extension: "1"}}}]',
        'dids: [{number: "1", extension: "1", context: []}]',
    ],
)
def test_a_name_that_is_no_text_is_a_fault_and_no_accident(text: str) -> None:
    assert told(text)
