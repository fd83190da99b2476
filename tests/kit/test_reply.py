"""Replies to the byte."""

from __future__ import annotations

from pbxsim.kit.reply import HTML, Reply, compact_json


def test_json_keeps_the_order_of_keys_and_has_no_blanks() -> None:
    assert (
        compact_json({"b": 1, "a": "ž", "c": None, "d": [True, 1.5]})
        == '{"b":1,"a":"ž","c":null,"d":[true,1.5]}'.encode()
    )


def test_slashes_are_escaped_where_php_did_and_only_then() -> None:
    document = {"channel": "SIP/100-0000000a", "text": 'a"/\\'}
    assert compact_json(document) == b'{"channel":"SIP/100-0000000a","text":"a\\"/\\\\"}'
    assert compact_json(document, escape_slashes=True) == b'{"channel":"SIP\\/100-0000000a","text":"a\\"\\/\\\\"}'


def test_a_reply_is_html_and_200_unless_it_says_otherwise() -> None:
    reply = Reply(body=b"OK")
    assert (reply.content_type, reply.status, reply.headers, reply.call, reply.code, reply.hints) == (
        HTML,
        200,
        (),
        None,
        "",
        (),
    )


def test_hints_are_added_and_none_leave_the_reply_as_it_is() -> None:
    reply = Reply(body=b"OK", hints=("one",), code="7", call=3)
    assert reply.hinted() is reply
    hinted = reply.hinted("two", "three")
    assert hinted == Reply(body=b"OK", hints=("one", "two", "three"), code="7", call=3)
