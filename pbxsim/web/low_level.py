"""What we take of `aiohttp.web`: its low-level server, from the modules where that is.

`aiohttp.web` imports applications, routes, files and websockets, too, of which nothing is used: a thirtieth of a start.
"""

from aiohttp.web_request import BaseRequest as BaseRequest
from aiohttp.web_response import Response as Response
from aiohttp.web_response import StreamResponse as StreamResponse
from aiohttp.web_server import Server as Server
