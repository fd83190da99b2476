"""A third off the start: aiohttp's server without its client.

Any import of `aiohttp` runs the package's `__init__.py` first, and that imports the whole client (connector, resolver,
cookies, multipart ...), which no server needs and which costs as much as all of pbxsim. Here the package's place is
taken by an empty module that becomes the real one as soon as somebody asks it for anything but a submodule. Only
`pbxsim serve` does this, in its own process; whoever imports pbxsim as a library gets aiohttp as it is.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

_VERSION: Final = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)  # the server half asks the package for it


def import_server() -> bool:
    """Import aiohttp's server without the client; False, and aiohttp whole, where it is there or made otherwise."""
    spec = find_spec("aiohttp") if "aiohttp" not in sys.modules else None
    version = _VERSION.search(_source(spec)) if spec is not None else None
    if spec is None or version is None:
        return False
    _stand_in(spec, version[1])
    try:
        import_module("aiohttp.web_server")
    except Exception:  # whatever another release of aiohttp may do: then it is imported as ever
        for name in [name for name in sys.modules if name.partition(".")[0] == "aiohttp"]:
            del sys.modules[name]
        return False
    return True


def _stand_in(spec: ModuleSpec, version: str) -> None:
    package = module_from_spec(spec)

    def become_real(name: str) -> object:
        if find_spec(f"aiohttp.{name}") is not None:
            raise AttributeError(name)  # a submodule: the import system loads it when it hears this
        del package.__dict__["__getattr__"]
        assert spec.loader is not None
        spec.loader.exec_module(package)
        return getattr(package, name)

    package.__dict__.update(__version__=version, __getattr__=become_real)
    sys.modules["aiohttp"] = package


def _source(spec: ModuleSpec) -> str:
    try:
        return Path(spec.origin or "").read_text("utf-8")
    except OSError:
        return ""
