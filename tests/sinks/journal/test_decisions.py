"""What the journal says of a live question: who is asked, what was answered in its own words, or why nothing was."""

from __future__ import annotations

from pbxsim.pbx.dialplan import ToHunt
from pbxsim.sinks.journal.journal import Journal
from pbxsim.testing.office import Office, extension
from tests.pbx.components import NumberComponent, PatientQuestioner


def test_question_and_answer_are_told_with_the_call() -> None:
    office = Office(extension("100"))
    office.pbx.decisions.add(NumberComponent(office.pbx, failure="100"))
    questions = office.pbx.decisions.questioner = PatientQuestioner()
    journal = Journal(office.pbx)
    for status, body in ((200, b"100"), (500, b"")):
        office.incoming("605000111", "700", second_to=ToHunt("700", "component where"))
        office.pbx.decisions.hear(questions.out.pop(), status, body)
    told = [(entry.kind, entry.call, entry.data) for entry in journal.entries() if entry.kind.startswith("decision")]
    asked = {"component": "where", "number": "700"}
    assert told == [
        ("decision-asked", 1, asked),
        ("decision-answered", 1, {"component": "where", "said": {"number": "100"}}),
        ("decision-asked", 2, asked),
        ("decision-answered", 2, {"component": "where", "failed": "HTTP status 500"}),
    ]
