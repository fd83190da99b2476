"""A notice as an HTTP request: the vendor's bytes, three headers of ours, and a reply that cannot do harm."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from pbxsim import __version__
from pbxsim.clock.instant import from_datetime
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.sinks.outbox.http import WebPost
from pbxsim.sinks.outbox.outcome import Verdict
from pbxsim.testing.office import START
from pbxsim.web.tls import self_signed
from tests.receivers import WebReceiver, closing, reply
from tests.sinks.outbox.post_office import PostOffice, at, delivery_to, errors, only

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path


async def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure_of_the_receiver(post: PostOffice) -> None:
    outbox = post.open()
    post.post("a")
    await post.advance(0)
    post.hook.replies.append(closing())
    post.post("b")
    await post.advance(0)
    _, second = outbox.known()
    assert errors(second) == ["the connection that was kept from the last time was closed", ""]
    assert at(second) == [0, 0]
    assert [heard.delivery for heard in post.hook.heard] == [1, 2, 2], "each request is a try"


async def test_the_request_is_the_vendors_byte_for_byte_with_three_headers_of_ours(post: PostOffice) -> None:
    post.open(post.receiver(username="jan", password="ž:1"))
    url = f"{post.hook.url}/a%2fb/../c;d?x=%C5%BE&y=a+b&z={{}}&q='%27"
    post.post(url=url, method="POST", content_type="application/json; charset=utf-8", body=b'{"a":1}')
    await post.advance(0)
    (heard,) = post.hook.heard
    assert (heard.method, heard.target, heard.body) == ("POST", url.removeprefix(post.hook.url), b'{"a":1}')
    assert heard.headers == {
        "host": f"127.0.0.1:{post.hook.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": f"pbxsim/{__version__}",
        "x-pbxsim-delivery": "1",
        "authorization": "Basic amFuOsW+OjE=",
        "content-type": "application/json; charset=utf-8",
        "content-length": "7",
    }


async def test_credentials_in_the_configured_address_are_sent_and_not_repeated_in_the_url(post: PostOffice) -> None:
    address = post.hook.url.replace("//", "//a%40b:c@")
    post.open(post.receiver(address=address))
    post.post(url=f"{address}/x")
    await post.advance(0)
    assert post.hook.heard[0].headers["authorization"] == "Basic YUBiOmM="
    assert post.hook.heard[0].target == "/x"


async def test_no_cookie_is_kept(post: PostOffice) -> None:
    post.open()
    post.hook.usual = reply(Set_Cookie="a=b")
    post.post()
    post.post()
    await post.advance(0)
    assert all("cookie" not in heard.headers for heard in post.hook.heard)


async def test_no_proxy_of_the_environment_is_used(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    post.open()
    post.post()
    await post.advance(0)
    assert post.hook.answered == [1]


async def test_two_kibibytes_of_a_long_reply_are_kept_and_what_is_endless_is_cut_off(post: PostOffice) -> None:
    outbox = post.open()

    async def endless(writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            writer.write(b"\0\xff" + b"z" * 10_000)
            await writer.drain()

    post.hook.replies.append(endless)
    post.post()
    await post.advance(0)
    made = only(outbox).tries[0]
    assert (made.status, len(made.reply), made.error) == (200, 2048, "")
    assert made.reply.startswith("\N{REPLACEMENT CHARACTER}" * 2 + "z")
    assert only(outbox).state is DeliveryState.DELIVERED


async def test_a_compressed_reply_is_not_unpacked(post: PostOffice) -> None:
    outbox = post.open()
    post.hook.usual = reply(200, b"not gzip at all", Content_Encoding="gzip")
    post.post()
    await post.advance(0)
    assert only(outbox).tries[0].reply == "not gzip at all"


class Pointing(AbstractResolver):
    """Resolves every name to the same addresses, and counts how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give them."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254", "fe80::1"])
async def test_a_name_that_leads_to_a_forbidden_address_is_refused_when_it_connects(
    hook: WebReceiver, address: str
) -> None:
    delivery, receiver = delivery_to(f"http://customer.test:{hook.port}/")
    web = WebPost(Pointing(address))
    outcome = await web.send(delivery, receiver)
    await web.close()
    assert outcome.verdict is Verdict.AGAIN
    assert outcome.error == (
        f"cannot connect to customer.test port {hook.port}: {address} is link-local, a cloud's metadata service, "
        "multicast, broadcast or unspecified: pbxsim does not connect there"
    )
    assert hook.heard == []


async def test_an_allowed_address_beside_a_forbidden_one_is_taken(hook: WebReceiver) -> None:
    delivery, receiver = delivery_to(f"http://customer.test:{hook.port}/")
    web = WebPost(Pointing("169.254.169.254", "127.0.0.1"))
    outcome = await web.send(delivery, receiver)
    await web.close()
    assert outcome.verdict is Verdict.DELIVERED
    assert hook.heard[0].headers["host"] == f"customer.test:{hook.port}"


@pytest.mark.parametrize("host", ["169.254.169.254", "0xa9.254.169.254", "[::ffff:169.254.169.254]"])
async def test_no_spelling_of_a_forbidden_address_is_connected_to(host: str) -> None:
    delivery, receiver = delivery_to(f"http://{host}/latest/meta-data/")
    web = WebPost()
    outcome = await web.send(delivery, receiver)
    await web.close()
    assert "pbxsim does not connect there" in outcome.error


async def test_a_name_that_nothing_has() -> None:
    delivery, receiver = delivery_to("http://nobody.invalid/")
    web = WebPost()
    outcome = await web.send(delivery, receiver)
    await web.close()
    assert outcome.verdict is Verdict.AGAIN
    assert outcome.error.startswith("the name nobody.invalid cannot be resolved: ")


async def test_a_certificate_that_nobody_vouches_for_is_refused_in_words(tmp_path: Path) -> None:
    hook = await WebReceiver.started(self_signed(tmp_path, ["127.0.0.1"], START))
    delivery, receiver = delivery_to(f"{hook.url}/")
    web = WebPost()
    outcome = await web.send(delivery, receiver)
    await web.close()
    await hook.go_down()
    assert outcome.error.startswith("its certificate was refused: ")
    assert hook.heard == []


@pytest.mark.parametrize("host", ["2852039166", "x" * 70 + ".test", "a..b"])
async def test_a_url_without_a_server_is_given_up_without_repeating_it(host: str) -> None:
    delivery, receiver = delivery_to(f"http://{host}/?password=1")
    web = WebPost()
    outcome = await web.send(delivery, receiver)
    await web.close()
    assert outcome.verdict is Verdict.NEVER
    assert outcome.error == "its URL names no server that can be connected to"


_LEAN = """
import asyncio, ssl, sys
from pbxsim.web.aiohttp_server_half import import_server
assert import_server()
from tests.receivers import WebReceiver
from tests.sinks.outbox.post_office import PostOffice
import pbxsim.sinks.outbox.outbox
assert "aiohttp.client" not in sys.modules

async def main(cert, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    for tls in (None, context):
        hook = await WebReceiver.started(tls)
        post = PostOffice(hook)
        post.open(post.receiver(timeout=5.0))
        assert tls or "aiohttp.client" not in sys.modules
        post.post()
        await post.advance(0)
        assert hook.answered == [1], hook.heard
        await post.close()
        await hook.go_down()
    from aiohttp import web
    assert web.Response

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
def test_the_client_comes_with_the_first_notice_also_where_only_the_server_was_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_signed(tmp_path, ["127.0.0.1"], from_datetime(datetime.fromtimestamp(tmp_path.stat().st_mtime, UTC)))  # now
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    program = [sys.executable, "-c", _LEAN, str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
