"""Requests to the town's vendor: those that are answered as soon as they are read, and others."""

from __future__ import annotations

from typing import Final

HEAD: Final = b"GET /acme/api?do=echo HTTP/1.1\r\nHost: localhost\r\n"
GET: Final = HEAD + b"\r\n"
CALL: Final = b"GET /acme/api?secret=s3cret!&from=100&to=102 HTTP/1.1\r\nHost: localhost\r\n\r\n"
POSTED: Final = b"POST /acme/api?do=echo HTTP/1.1\r\nHost: localhost\r\n"
FORM: Final = POSTED + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n\r\na=%C5%BE&to=102"
PLAIN: Final = {
    "a GET": GET,
    "a call": CALL,
    "a call that is refused": b"GET /acme/api?secret=wrong&form=100 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "what a vendor cannot answer": b"GET /acme/api?do=break HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a path below": b"GET /acme/v4/a//b%2Fc?do=echo&a=%&a=b#c HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "raw bytes in a target": "GET /acme/api?do=echo&name=Žižka HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    "raw bytes in a header": HEAD + "X: Žižka \t\r\n\r\n".encode() + b"",
    "a header twice": HEAD + b"X: 1\r\nx: 2\r\nEmpty:\r\n\r\n",
    "a form": FORM,
    "JSON": POSTED + b'content-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}',
    "a packed body": POSTED + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "a POST without a body": POSTED + b"Content-Length: 0\r\n\r\n",
    "a POST without a length": POSTED + b"\r\n",
    "PUT": b"PUT" + FORM[4:],
    "DELETE": b"DELETE" + GET[3:],
    "a GET with a body": HEAD + b"Content-Length: 3\r\n\r\nabc",
    "Expect without a body": HEAD + b"Expect: 100-continue\r\n\r\n",
    "keep-alive": HEAD + b"Connection: keep-alive\r\n\r\n",
    "the beginning of the next behind it": GET + b"GET /acme",
}
OTHERS: Final = {
    "two in one packet": CALL + GET,
    "two, and a part of the third": CALL + GET + b"GE",
    "a body and the next": FORM + GET,
    "close": HEAD + b"Connection: close\r\n\r\n",
    "HTTP/1.0": b"GET /acme/api?do=echo HTTP/1.0\r\n\r\n",
    "HTTP/1.0 that is kept": b"GET /acme/api?do=echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HEAD": b"HEAD" + GET[3:],
    "OPTIONS": b"OPTIONS" + GET[3:],
    "Expect": POSTED + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "chunks": POSTED + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "a bad chunk": POSTED + b"Transfer-Encoding: chunked\r\n\r\nxyz",
    "an upgrade": HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "absolute form": b"GET http://pbx.example/acme/api?do=echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a path that is read otherwise": b"GET //acme/api?do=echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a path of nobody": b"GET /acme/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "the control API": b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "the page": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "for the live page": HEAD + b"X-Pbxsim-As: acme\r\n\r\n",
    "two lengths": POSTED + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length and chunks": POSTED + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded header": HEAD + b"X: 1\r\n 2\r\n\r\n",
    "bare LF": HEAD.replace(b"\r", b"") + b"\n",
    "a blank before a colon": HEAD + b"X : 1\r\n\r\n",
    "a control character": HEAD + b"X: a\0b\r\n\r\n",
    "too many headers": HEAD + b"X: y\r\n" * 200 + b"\r\n",
    "a long header": HEAD + b"X: " + b"y" * 9_000 + b"\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01",
    "a part of a header": HEAD,
    "a part of a body": FORM[:-1],
    "much at once": POSTED + b"Content-Length: 70000\r\n\r\n" + b"y" * 70_000,
}
