"""The options of the command line: how their texts are read, and that each may also stand in the environment."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Final, NoReturn

from pbxsim.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.discovery import Engines

_NEVER_EMPTY: Final = ("control-token", "asterisk-secret")
"""What must not stand empty in the environment: an empty variable is as good as none, but who sets these means them."""
_TOKEN: Final = re.compile(r"[!-~]+")
_WRONG_WORD: Final = re.compile(r"unrecognized arguments: (-\S+)|invalid choice: '([^']+)'")
_PBX_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_TRUE: Final = dict.fromkeys(("1", "true", "yes", "on"), True)
_FALSE: Final = dict.fromkeys(("", "0", "false", "no", "off"), False)


class Parser(argparse.ArgumentParser):
    """A parser whose option `--engine`, if it has one, tells which are installed, looked for when somebody asks."""

    engine_option: argparse.Action | None = None

    def add_engine_option(self, default: str = DEFAULT_ENGINE) -> None:
        """Give it the option; `default` is read as what somebody types."""
        self.engine_option = self.add_argument("--engine", type=named(engine), default=default, metavar="NAME")

    def error(self, message: str) -> NoReturn:
        """Refuse a command line, and say which option or command was probably meant."""
        super().error(f"{message}{self._meant(message)}")

    def _meant(self, message: str) -> str:
        from pbxsim.kit.near_miss import nearest

        found = _WRONG_WORD.search(message)
        if found is None:
            return ""
        word = (found[1] or found[2]).partition("=")[0]
        near = nearest(word, [each for each in self._words() if each.startswith("-") == word.startswith("-")])
        return f" (did you mean {near[0]}?)" if near else ""

    def _words(self) -> Iterator[str]:
        """Give all commands and options there are."""
        for action in self._actions:
            yield from action.option_strings
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no other name for it
                for name, parser in action.choices.items():
                    yield name
                    yield from parser._words() if isinstance(parser, Parser) else ()  # noqa: SLF001 - of this class

    def format_help(self) -> str:
        """Write the help."""
        if self.engine_option is not None:
            from pbxsim.discovery import find_engines

            found = "; ".join(f"{each.name}: {each.title}" for each in find_engines().found.values())
            self.engine_option.help = f"who decides what telephones do ({DEFAULT_ENGINE}). {found}".replace("%", "%%")
        return super().format_help()


class Options:
    """Adds options whose default may stand in the environment; argparse reads it only if the command is chosen."""

    def __init__(self, parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
        self._parser = parser
        self._environment = environment

    def __call__(self, name: str, default: object, kind: Callable[[str], object], metavar: str, text: str) -> None:
        given = self.given(name)
        default = default if given is None else given
        self._parser.add_argument(f"--{name}", type=named(kind), default=default, metavar=metavar, help=text)

    def given(self, name: str) -> FromEnvironment | None:
        """Give what the environment says of an option, if it does."""
        variable = f"PBXSIM_{name.upper().replace('-', '_')}"
        text = self._environment.get(variable)
        return FromEnvironment(text, variable) if text or (text is not None and name in _NEVER_EMPTY) else None


class FromEnvironment(str):
    """An option's text that stood in the environment, under the name `variable`."""

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, text: str, variable: str) -> FromEnvironment:
        """Keep the text, and where it stood."""
        made = super().__new__(cls, text)
        made.variable = variable
        return made


def named(kind: Callable[[str], object]) -> Callable[[str], object]:
    """Have a refusal name the variable, where the text came from there."""

    def read(text: str) -> object:
        try:
            return kind(text)
        except (ValueError, argparse.ArgumentTypeError) as error:
            where = f"{text.variable}: " if isinstance(text, FromEnvironment) else ""
            raise argparse.ArgumentTypeError(f"{where}{error}") from None

    return read


def truth(text: str) -> bool:
    """Read yes or no."""
    known = _TRUE | _FALSE
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(f"expected 1 or 0, not {str(text)!r}")
    return known[text.lower()]


def token(text: str) -> str:
    """Read a token: what a header can carry behind `Bearer` (RFC 6750). An empty one is a variable that was not set."""
    if not _TOKEN.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "expected a token of visible ASCII characters; for none leave it out"
            if text
            else "is empty: for none leave it out"
        )
    return str(text)


def port(text: str) -> int:
    """Read a port."""
    if not (text.isascii() and text.isdecimal() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, not {text!r}")
    return int(text)


def address(text: str, *, like: str = "127.0.0.1:5038") -> tuple[str, int]:
    """Read a host and a port. `like` is one of its kind."""
    host, _, number = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and host.isprintable() and number.isascii() and number.isdecimal() and 0 < int(number[:6]) < 65_536):
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, as {like}, not {str(text)!r}")
    return host, int(number)


def seed(text: str) -> int:
    """Read a seed."""
    if not (text.isascii() and text.isdecimal() and int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, below 2 to the 63rd, not {text!r}")
    return int(text)


def rate(text: str) -> float:
    """Read how fast a clock goes."""
    if text in ("real", "paused"):
        return 1.0 if text == "real" else 0.0
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1_000_000:
        raise argparse.ArgumentTypeError(
            f"expected real, paused, or how many times faster (0 to 1000000), not {text!r}"
        )
    return rate


def whole(least: int, most: int) -> Callable[[str], int]:
    """Give a reader of whole numbers."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text[:10]) <= most):
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return read


def pbx_name(text: str) -> str:
    """Read a PBX's name."""
    if not _PBX_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"expected a name of letters, digits, dots and hyphens, not {text!r}")
    return text


def word(text: str) -> str:
    """Read a name of something in a PBX file."""
    if not _PBX_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"expected a word of letters, digits, dots and hyphens, not {text!r}")
    return text


def span(least: float, most: float) -> Callable[[str], float]:
    """Give a reader of seconds."""

    def read(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1
        if not least <= seconds <= most:
            raise argparse.ArgumentTypeError(f"expected seconds from {least:g} to {most:g}, not {str(text)!r}")
        return seconds

    return read


def moment(text: str) -> Instant:
    """Read a moment."""
    from pbxsim.kit.values import instant

    try:
        return instant(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"expected a moment in ISO 8601 from 1970 to 2199, as 2026-01-01T09:00:00Z, not {text!r}"
        ) from None


def database(text: str) -> str:
    """Read where records last; whether a database can be reached there is seen when it is opened."""
    from pbxsim.sinks.store.location import StorePlace

    try:
        StorePlace.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("--db: ")) from None
    return str(text)


def engine(text: str) -> Engines:
    """Read an engine's name; give it among those that are installed."""
    from pbxsim.discovery import UnknownEngine, find_engines

    try:
        return find_engines(str(text))
    except UnknownEngine as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from None


def one_of(*words: str) -> Callable[[str], str]:
    """Give a reader of one of some words."""

    def chosen(text: str) -> str:
        if text not in words:
            raise argparse.ArgumentTypeError(f"expected {' or '.join(words)}, not {text!r}")
        return text

    return chosen


def worker_share(text: str) -> tuple[int, int]:
    """Read `NUMBER:PORT`, which a process that serves a share of the PBXs is given by the one that started it."""
    number, _, given = text.partition(":")
    return whole(0, 63)(number), port(given)
