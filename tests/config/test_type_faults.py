"""Every fault of form at once, in words that say what to write instead."""

from __future__ import annotations

from msgspec import UNSET

from tests.config.paper import KEYS_ARE_DESCRIBED, told

USER = "a SIP user name: letters, digits, dots, hyphens, underscores, no blanks"
EXTENSION = "an extension, as text of digits, letters, * and #, also . _ -"
NUMBER = "a telephone number, as text of digits, letters, * and #"
LIMITS = (
    "talk, recording, recent_calls, cdrs, journal_entries, journal_bytes, request_entries, request_bytes,"
    " delivery_bytes, recording_bytes, request"
)
TOP = (
    "name, seed, start_at, time_zone, limits, tariffs, accounts, dialplans, contexts, extensions, trunks, routes, dids,"
    " groups, menus, hours, mailboxes, parking, features, phones, agents, queues, traffic, asterisk, sip, cdr, cdrs,"
    " faults, smtp, vendors"
)
OUTCOMES = "answer, busy, drop, fail, no answer, reject"


def test_an_unquoted_number_is_refused_with_the_text_to_write_leading_zeros_and_all() -> None:
    assert told("extensions: [{internal: 0123, public: [00420222, 22e3]}]") == [
        (2, "extensions[0].internal", 123, f'{EXTENSION}: write "0123" in quotes'),
        (2, "extensions[0].public[0]", 420222, f'{NUMBER}: write "00420222" in quotes'),
        (2, "extensions[0].public[1]", 22000.0, f'{NUMBER}: write "22e3" in quotes'),
    ]


def test_an_unquoted_secret_is_refused_without_the_text_to_write() -> None:
    ((line, path, _, expected),) = told("""
        asterisk: {providers: [{trunk: pstn, host: sip.example.net, user: "420", secret: 0471}]}
    """)
    assert (line, path) == (2, "asterisk.providers[0].secret")
    assert expected.endswith(": write it in quotes")
    assert "471" not in expected


def test_an_unknown_key_is_refused_with_those_that_are_known_and_the_one_that_was_meant() -> None:
    assert told("zebra: 1\nlimits: {tlak: 3}") == [
        (2, "zebra", 1, f"a key that is known here: {TOP}"),
        (3, "limits.tlak", 3, f"a key that is known here (did you mean talk?): {LIMITS}"),
    ]


def test_what_stands_below_a_misspelt_key_is_looked_into_as_if_it_were_right() -> None:
    assert told(
        """
        extenions:
          - internal: 100
            linse: [{usr: x, calls: 0}]
          - {internal: "101", dialplan: nowhere}
        """
    ) == [
        (2, "extenions", [{"internal": 100, "linse": [{"usr": "x", "calls": 0}]},
                          {"internal": "101", "dialplan": "nowhere"}],
         f"a key that is known here (did you mean extensions?): {TOP}"),
        (3, "extensions[0].internal", 100, f'{EXTENSION}: write "100" in quotes'),
        (4, "extensions[0].linse", [{"usr": "x", "calls": 0}],
         "a key that is known here (did you mean lines?): internal, id, public, dialplan, owner, caller_id, records,"
         " special_diversion, voicemail, voicemail_after, call_group, pickup_group, lines, user, calls, registration,"
             " transfer_on_hang_up"),
        (4, "extensions[0].lines[0].calls", 0, "a whole number, 1 to 10000"),
        (4, "extensions[0].lines[0].usr", "x",
         "a key that is known here (did you mean user?): user, id, calls, registration, state, order,"
         " transfer_on_hang_up"),
        (5, "extensions[1].dialplan", "nowhere", "a dialplan of this file"),
    ]  # fmt: skip


def test_a_missing_key_is_told_at_what_lacks_it() -> None:
    assert told("routes:\n  - id: 1\n    name: out\nextensions: [{lines: [{id: 1}]}]\n") == [
        (3, "routes[0].trunks", UNSET, "a list of at least 1; it is missing"),
        (5, "extensions[0].lines[0].user", UNSET, f"{USER}; it is missing"),
        (5, "extensions[0].internal", UNSET, f"{EXTENSION}; it is missing"),
    ]


def test_a_value_of_the_wrong_type_is_told_with_the_right_one() -> None:
    faults = told(
        """
        extensions: nobody
        limits: [1]
        phones: {rules: [{number: "1", does: busy, cycles: "yes"}]}
        trunks: [{name: a, capacity: many}, {name: b, capacity: 1.5}]
        routes: [{name: out, trunks: []}]
        tariffs: [{name: 5, rates: [{per_minute: "1,20"}, {per_minute: -1}, {step_seconds: 0}]}]
        seed: -1
        """
    )
    assert faults == [
        (2, "extensions", "nobody", "a list"),
        (3, "limits", [1], "a mapping"),
        (4, "phones.rules[0].cycles", "yes", "true or false"),
        (5, "trunks[0].capacity", "many", "a whole number, 0 to 1000000000"),
        (5, "trunks[1].capacity", 1.5, "a whole number, 0 to 1000000000"),
        (6, "routes[0].trunks", [], "a list of at least 1"),
        (7, "tariffs[0].name", 5, 'a name, as text: write "5" in quotes'),
        (7, "tariffs[0].rates[0].per_minute", "1,20", 'a price, as "1.20"'),
        (7, "tariffs[0].rates[1].per_minute", -1, "a number, 0 to 1000000000000"),
        (7, "tariffs[0].rates[2].step_seconds", 0, "a whole number, 1 to 86400"),
        (8, "seed", -1, "a whole number, 0 to 9223372036854775807"),
    ]


def test_a_word_that_is_none_of_the_known_ones_is_told_with_the_nearest() -> None:
    assert told('extensions: [{internal: "1", lines: [{user: a, state: rining}]}]\nphones: {default: buzy}') == [
        (2, "extensions[0].lines[0].state", "rining",
         "one of busy, dialing, off_hook, reserved, rest, ring, ringing, up (did you mean ringing?)"),
        (3, "phones.default", "buzy", f"one of {OUTCOMES} or a mapping (did you mean busy?)"),
    ]  # fmt: skip


def test_of_several_forms_the_fault_is_told_of_the_one_that_was_chosen() -> None:
    assert told(
        """
        phones:
          rules:
            - {number: "1", does: {outcome: busi}}
            - {number: "2", does: [busy, {ring: {uniform: [1]}}]}
            - {number: "3", does: {talk: nevr}}
            - {number: "4", does: 5}
        """
    ) == [
        (4, "phones.rules[0].does.outcome", "busi", f"one of {OUTCOMES} (did you mean busy?)"),
        (5, "phones.rules[1].does[1].ring.uniform", [1], "a list of 2"),
        (6, "phones.rules[2].does.talk", "nevr",
         "seconds, as a number, 0 to 31536000 or one of never or a mapping (did you mean never?)"),
        (7, "phones.rules[3].does", 5, f"one of {OUTCOMES} or a list of at least 1 or a mapping"),
    ]  # fmt: skip


@KEYS_ARE_DESCRIBED
def test_a_key_of_a_mapping_has_a_form_too() -> None:
    assert told(f"contexts: [{{name: a, entries: {{{'1' * 81}: {{play: 1}}}}}}]") == [
        (2, f'contexts[0].entries["{"1" * 81}"]', UNSET,
         "a key that is an Asterisk pattern, as text: _ first, then X (0-9), Z (1-9), N (2-9), [1-5], digits, at the"
         " end . or !; without _ it is the number itself"),
    ]  # fmt: skip


def test_what_the_schema_lets_pass_and_msgspec_does_not_is_told_in_msgspecs_words() -> None:
    assert told("limits: {talk: 60.0}") == [(2, "limits.talk", 60.0, "Expected `int`, got `float`")]


def test_a_word_is_near_whatever_its_case_and_a_former_strategy_is_told_its_new_name() -> None:
    file = "queues: [{name: q, strategy: RingAll}, {name: r, strategy: roundrobin}]"
    expected = [fault[3] for fault in told(file)]
    assert [words.partition(" (")[2] for words in expected] == ["did you mean ringall?)", "did you mean rrmemory?)"]


def test_where_a_mapping_is_expected_the_one_that_was_meant_is_shown() -> None:
    assert [fault[3] for fault in told('queues: [{name: q, members: [eva, "201"]}]')] == [
        'a mapping, as {agent: "201"}',
        'a mapping, as {agent: "201"}',
    ]
