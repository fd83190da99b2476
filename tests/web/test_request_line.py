"""Raw bytes in a request line."""

from __future__ import annotations

import pytest

from pbxsim.web.request_line import with_encoded_target


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("GET /č HTTP/1.1\r\nX: ř\r\n\r\n".encode(), b"GET /%C4%8D HTTP/1.1\r\nX: \xc5\x99\r\n\r\n"),
        (b"GET /?a=\xff&b=1 HTTP/1.0\n", b"GET /?a=%FF&b=1 HTTP/1.0\n"),
        ("GET / HTTP/1.1\r\nX: ř\r\n\r\n".encode(), "GET / HTTP/1.1\r\nX: ř\r\n\r\n".encode()),
        ('{"name": "č"}'.encode(), '{"name": "č"}'.encode()),
        ("get /č HTTP/1.1\r\n".encode(), "get /č HTTP/1.1\r\n".encode()),
        ("GET /č HTTP/1.1".encode(), "GET /č HTTP/1.1".encode()),
    ],
)
def test_raw_bytes_are_encoded_in_a_request_line_and_nowhere_else(sent: bytes, read_as: bytes) -> None:
    assert with_encoded_target(sent) == read_as
