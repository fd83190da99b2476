"""What may stand where a value should: numbers of the PBX, and what breaks readers, files, SQL and mails."""

from __future__ import annotations

from typing import Final

HOSTILE: Final = (
    b"", b"0", b"-1", b"00", b"1e999", b"NaN", b"1.5", b"999999999999999999999999", b"2147483648", b"0x10", b"+", b"-",
    b"true", b"null", b"[]", b"{}", b"[object Object]", b"undefined", b"None",
    b"\x00", b"\r\n", b"\n", b"\t", b"\x7f", b"a\x00b", b"\r\nSet-Cookie: a=b", b"Action: Originate\r\n\r\n",
    b"\xff", b"\xc3", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xc2\xa0",
    b"\xd9\xa1\xd9\xa2\xd9\xa3", b"\xc2\xb2", b"\xe2\x85\xa7", b"\xc5\x82\xc3\xb3d\xc5\xba", b"\xf0\x9f\x92\xa9",
    b"%", b"%0", b"%00", b"%zz", b"%u0041", b"%25", b"%%%", b"%s%s%n", b"{0}", b"{ref}", b"${jndi:ldap://x}", b"s%",
    b"' OR 1=1 --", b'"', b"'", b"\\", b"`id`", b"$(id)", b";", b"|", b"<script>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"../../../../etc/passwd", b"..%2f..", b"/dev/zero", b"C:\\", b"file:///etc/passwd", b"~", b".", b"..", b"a/b/../c",
    b"_X.", b"_[1-", b"_!", b"s", b"h", b"i", b"SIP/100", b"Local/1@x/n", b"100&102", b"100@vum", b"sip:100@[::1]",
    b"2026-01-01", b"0000-00-00", b"9999-12-31 23:59:59", b"31/02/2026", b"2026-02-30T25:61:61", b"1-1-1",
    b"-62135596801",
    b"253402300800", b"1970-01-01T00:00:00Z", b"20260101", b"2026-03-29 02:30:00",
    b"a" * 257, b"1" * 300, b"9" * 5_000, b"a" * 7_000, b"\xc4\x8d" * 200, b"[" * 2_000, b'{"a":' * 500, b"&" * 1_500,
    b"a=1&" * 1_200, b";" * 3_000, b"%41" * 900, b"=" * 2_000, b"+" * 400, b"(" * 300,
)  # fmt: skip
"""Values that have broken somebody's software before."""

NUMBERS: Final = (
    b"100", b"102", b"200", b"557", b"552", b"1234", b"1235", b"299299000", b"226200200", b"800123456", b"777123456",
    b"+420777123456", b"00420777123456", b"930000000", b"911000222", b"911222333", b"ext1234",
    b"12345678@mioficinaweb.es",
    b"990000000", b"990100001", b"990200002", b"990300003", b"990400004", b"999", b"10000", b"1000", b"5", b"6", b"1",
)  # fmt: skip
"""Telephone numbers and ids that mean something on the PBX `documented`, whose 990… say how the call ends."""

TYPES: Final = (
    b"application/x-www-form-urlencoded", b"application/json", b"multipart/form-data; boundary=b",
    b"application/json; charset=utf-8", b"application/x-www-form-urlencoded; charset=iso-8859-2", b"text/plain",
    b"multipart/form-data", b'multipart/form-data; boundary="b"', b"multipart/form-data; boundary=" + b"b" * 300,
    b"multipart/mixed; boundary=b", b"APPLICATION/JSON", b"application/json,text/html", b"", b";", b"a/b/c",
    b"\xff/\xff",
    b"application/xml", b"application/x-www-form-urlencoded;boundary=b",
)  # fmt: skip

METHODS: Final = (
    b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"DELETE", b"PATCH", b"TRACE", b"PROPFIND", b"get", b"FOO", b"G",
    b"PURGE",
)  # fmt: skip

HEADERS: Final = (
    (b"Accept", b"*/*"), (b"Accept", b"\xff" * 50), (b"Accept-Encoding", b"gzip, br"), (b"Content-Encoding", b"gzip"),
    (b"Cookie", b"PHPSESSID=1; a=%00"), (b"Origin", b"http://www.example.com"), (b"Origin", b"null"), (b"Referer",
    b"http://x/?a=b"),
    (b"Range", b"bytes=0-"), (b"If-None-Match", b"*"), (b"X-Forwarded-For", b"127.0.0.1, ::1"), (b"Forwarded",
    b"for=\"[::1]\""),
    (b"X-HTTP-Method-Override", b"DELETE"), (b"Content-Type", b"text/html"), (b"Access-Control-Request-Method", b"PUT"),
    (b"Authorization", b"Basic"), (b"Authorization", b"Basic " + b"=" * 40), (b"Authorization",
    b"Bearer " + b"a" * 4_000),
    (b"X-APIKEY", b""), (b"X-Api-Key", b"a" * 300), (b"Sec-Fetch-Site", b"cross-site"), (b"Host", b"evil.example"),
    (b"Host", b""),
    (b"User-Agent", b"'; DROP TABLE cdr; --"), (b"X", b"a" * 7_900), (b"X-Token", b"%41" * 500), (b"Date", b"0"),
    (b"Via", b"\t"),
)  # fmt: skip
"""Headers that a server, a proxy or a vendor's interface might heed."""
