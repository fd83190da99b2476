"""pytest-httpserver with one constant answer, in the rivals' Python: `python rival_httpserver.py PORT`."""

import logging
import signal
import sys

from pytest_httpserver import HTTPServer  # type: ignore[import-not-found]  # in the rivals' environment

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request would be most of it

if __name__ == "__main__":
    server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]))
    server.expect_request("/api/api.php").respond_with_data('{"success":"true"}', content_type="application/json")
    server.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
