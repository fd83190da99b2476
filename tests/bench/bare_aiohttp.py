"""Rival: the least aiohttp server that gives the reply of an originate: `python bare_aiohttp.py PORT const|params`.

Started by its path, and imports nothing of ours, so that its cold start is aiohttp's own. `const` reads nothing of the
request; `params` reads all query parameters and encodes the reply with msgspec. No access log.
"""

import gc

gc.disable()  # until everything is loaded, as `pbxsim serve` does

import asyncio  # noqa: E402 - read while the collector rests
import sys  # noqa: E402 - as above

from aiohttp import web  # noqa: E402 - as above

CONSTANT = '{"success":"true"}'


async def constant(_: web.Request) -> web.Response:
    """Answer without reading anything."""
    return web.Response(text=CONSTANT, content_type="application/json")


def reading() -> "web.Application":
    """Make a server that reads its parameters."""
    import msgspec

    encode = msgspec.json.encode

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        wanted = [query[name] for name in query]
        return web.Response(body=encode({"success": "true" if wanted else "false"}), content_type="application/json")

    application = web.Application()
    application.router.add_get("/api/api.php", answer)
    return application


def bare() -> "web.Application":
    """Make a server that reads nothing."""
    application = web.Application()
    application.router.add_get("/api/api.php", constant)
    return application


async def serve(port: int, kind: str) -> None:
    """Serve until somebody ends the process."""
    runner = web.AppRunner(reading() if kind == "params" else bare(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)
    gc.enable()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
