"""Passwords by digest: what is asked, what is right, what is stale."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip import digest
from pbxsim.engines.sip.digest import NONCE_LIFE, Authority, Verdict
from pbxsim.engines.sip.message import Request
from tests.engines.sip.wire import authorization

URI = "sip:192.0.2.1"


def authority(*algorithms: str) -> Authority:
    """Give one that knows one user."""
    return Authority("pbxsim", b"key", {"sip100": "secret"}.get, algorithms or ("MD5",))


def judged(asks: Authority, now: float, answer: str) -> Verdict | None:
    """Have an answer judged."""
    name, _, value = answer.partition(": ")
    return asks.judge(now, Request(method="REGISTER", target=URI, headers=[(name.lower(), value)]))


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_the_right_password_is_right_and_a_wrong_one_is_not(algorithm: str) -> None:
    asks = authority("SHA-256", "MD5")
    challenge = next(value for _, value in asks.challenge(0) if f"algorithm={algorithm}," in value)
    assert judged(asks, 1, authorization(challenge, "REGISTER", URI, "sip100", "secret")) == Verdict(
        "sip100", is_right=True
    )
    for user, password in (("sip100", "other"), ("sip101", "secret")):
        assert judged(asks, 1, authorization(challenge, "REGISTER", URI, user, password)) == Verdict(
            user, is_right=False
        )


def test_an_algorithm_that_was_not_offered_is_not_taken() -> None:
    (_, challenge), asks = authority("SHA-256").challenge(0)[0], authority("MD5")
    assert judged(asks, 1, authorization(challenge, "REGISTER", URI, "sip100", "secret")) == Verdict(
        "sip100", is_right=False
    )


def test_an_answer_cannot_be_used_twice_but_its_nonce_can_with_a_higher_count() -> None:
    asks = authority()
    ((_, challenge),) = asks.challenge(0)
    answers = [authorization(challenge, "REGISTER", URI, "sip100", "secret", count) for count in (1, 2)]
    told = [judged(asks, 1, answers[index]) for index in (0, 0, 1, 0)]
    assert [verdict.is_stale for verdict in told if verdict is not None] == [False, True, False, True]


def test_a_nonce_that_is_old_or_not_ours_is_stale() -> None:
    asks, others = authority(), Authority("pbxsim", b"another key", {"sip100": "secret"}.get)
    ((_, challenge),) = asks.challenge(10)
    answer = authorization(challenge, "REGISTER", URI, "sip100", "secret")
    assert judged(asks, 10 + NONCE_LIFE + 1, answer) == Verdict("sip100", is_right=True, is_stale=True)
    assert judged(others, 11, answer) == Verdict("sip100", is_right=True, is_stale=True)


def test_a_proof_is_of_the_uri_that_it_names_be_that_the_requests_or_not_as_with_asterisk() -> None:
    asks = authority()
    for uri in (URI, "sip:pbxsim.example;transport=udp", ""):
        ((_, challenge),) = asks.challenge(0)
        answer = authorization(challenge, "REGISTER", uri, "sip100", "secret")
        assert judged(asks, 1, answer) == Verdict("sip100", is_right=True)
        assert judged(asks, 1, answer.replace(f'uri="{uri}"', 'uri="sip:other"')) == Verdict("sip100", is_right=False)


def test_nonces_that_were_used_are_counted_up_to_so_many_then_all_are_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "_MOST_COUNTS", 3)
    asks = authority()
    nonces = [asks.challenge(0)[0][1] for _ in range(5)]
    for nonce in nonces[:4]:
        judged(asks, 1, authorization(nonce, "REGISTER", URI, "sip100", "secret"))
    for nonce in nonces:
        answer = authorization(nonce, "REGISTER", URI, "sip100", "secret", 2)
        assert judged(asks, 1, answer) == Verdict("sip100", is_right=True, is_stale=True)
    ((_, fresh),) = asks.challenge(1)
    answer = authorization(fresh, "REGISTER", URI, "sip100", "secret")
    assert judged(asks, 1, answer) == Verdict("sip100", is_right=True)


def test_who_answers_nothing_or_for_another_realm_is_not_judged() -> None:
    asks = authority()
    ((_, challenge),) = asks.challenge(0)
    assert judged(asks, 0, "Subject: hello") is None
    elsewhere = authorization(challenge.replace("pbxsim", "elsewhere"), "REGISTER", URI, "sip100", "secret")
    assert judged(asks, 0, elsewhere) is None


def test_an_answer_of_the_oldest_kind_without_a_count_is_good_once() -> None:
    import hashlib

    asks = authority()
    ((_, challenge),) = asks.challenge(0)
    nonce = challenge.partition('nonce="')[2].partition('"')[0]
    who, what = (hashlib.md5(text.encode()).hexdigest() for text in ("sip100:pbxsim:secret", f"REGISTER:{URI}"))
    right = hashlib.md5(f"{who}:{nonce}:{what}".encode()).hexdigest()
    answer = (
        f'Authorization: Digest username="sip100", realm="pbxsim", nonce="{nonce}", uri="{URI}", response="{right}"'
    )
    assert judged(asks, 0, answer) == Verdict("sip100", is_right=True)
    assert judged(asks, 0, answer) == Verdict("sip100", is_right=True, is_stale=True)
