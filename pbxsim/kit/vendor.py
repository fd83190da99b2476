"""The contract between pbxsim and a vendor package: one declaration, and one object for each PBX it serves.

A package (ours under `pbxsim.vendors`, anybody's through the entry-point group `pbxsim.vendors`) offers an object named
`vendor`, and nothing else is edited to add one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pbxsim.kit.cause import Cause
    from pbxsim.kit.form import Form
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.kit.trap import Trap
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx


class Interface(Protocol):
    """One vendor's interface on one PBX: knows that PBX's credentials, answers its requests, keeps its counters."""

    def claims(self, request: Request) -> bool:
        """Tell whether the request carries a credential of this PBX. Compares in constant time; never raises.

        The server asks the PBXs in order, and gives the request to the first that claims it; if none does, to the first
        of all, which then refuses it in the vendor's words.
        """
        ...

    def answer(self, request: Request) -> Reply:
        """Do what the request asks and reply at once; the PBX's clock stands at its moment. Never raises."""
        ...

    def curl(self, base_url: str) -> str | None:
        """Give one command line that places a call here and works as it stands; None if the settings allow none."""
        ...


NOT_SHOWN: Final = msgspec.UNSET
"""A fault's value that may hold a secret: what stands there is in the file, and nothing is said to have been found."""


class SettingsFault(msgspec.Struct, frozen=True):
    """Something in a vendor's settings that contradicts the rest of the PBX file.

    `path` is relative to the vendor's settings, e.g. `keys[0].account`; `value` what stands there, or NOT_SHOWN;
    `expected` in words.
    """

    path: str
    value: object
    expected: str


class Credential(msgspec.Struct, frozen=True):
    """What clients of one entry of a vendor's settings identify themselves with.

    `path` is where the entry stands, relative to the vendor's settings, e.g. `users[0]`. `parts` is all that a request
    must carry to be taken for that client's: each a kind of credential with its values, e.g. `("api key", "s3cret")`.
    """

    path: str
    parts: frozenset[tuple[str, ...]]


class Place(msgspec.Struct, frozen=True):
    """Where a kind of credential stands in a request: one of these.

    `params` are parameters of query or form, one for each of its values; `header` is one that is its value as it
    stands; `basic` is one that has its two values as HTTP Basic (RFC 7617).
    """

    params: tuple[str, ...] = ()
    header: str = ""
    basic: str = ""


def _no_credentials(_settings: object) -> Iterable[Credential]:
    return ()


def _anybodys(_request: Request) -> None:
    return None


def _no_faults(_settings: object, _pbx: Pbx) -> Iterable[SettingsFault]:
    return ()


def _nobody(_interface: Any) -> Iterable[Receiver]:  # noqa: ANN401 - each vendor's own class of interface
    return ()


def _unable(
    _interface: Any,  # noqa: ANN401 - each vendor's own class of interface
    _request: Request,
    error: str,
    _filled: Mapping[str, str],
) -> Reply:
    raise LookupError(f"a vendor without a table of errors has no {error!r}")


def _unexplained(_interface: Any, _call: Call) -> Iterable[Cause]:  # noqa: ANN401 - each vendor's own class
    return ()


def always_short(
    _interface: Any,  # noqa: ANN401 - each vendor's own class of interface
    _request: Request,
) -> None:
    """Say that no reply takes long to make."""
    return


def _silent(_interface: Any) -> None:  # noqa: ANN401 - each vendor's own class of interface
    return None


def _no_forms(_interface: Any) -> Iterable[Form]:  # noqa: ANN401 - each vendor's own class of interface
    return ()


def _no_traps() -> tuple[Trap, ...]:
    return ()


def _no_secrets(_interface: Any, _identity: str, _request: Request) -> Mapping[str, str]:  # noqa: ANN401
    return {}


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's declaration.

    `name` is lower case, the key under `vendors:` in a PBX file. `settings` is a msgspec Struct type (forbidding
    unknown fields), what may stand there. `paths` are the exact paths it owns; one that ends in `/*` owns all below it.
    `open` makes the Interface for a PBX from its settings. `check` finds dangling references in settings.
    `credentials` gives what requests are claimed by; a server refuses PBXs of which two would claim one request.
    `carries` gives the parts of such credentials that a request carries, by which the PBXs are found that may claim it;
    None where it need not carry any, so that each PBX must be asked. `places` says where each kind of credential stands
    in a request, for whoever passes requests on and is no PBX (`pbxsim haproxy-conf`); kinds as `credentials` has them.
    Where settings have a list `components` whose items have a `name`, contexts and public numbers of the PBX file may
    lead to these; `open` then adds each to `pbx.decisions`.
    `sample` are settings for a start, as commented YAML four blanks deep: with the context and numbering plan `office`,
    the account `main` that pays, the extension 201 whose public number is 222333444.
    `secret_params` and `secret_headers` (lower case) are masked wherever a request is shown.
    `prepare` works out what a long reply will be made of, a millisecond's work at a time, between which others are
    answered; None: the reply is short, as nearly all are. Nothing that it does can be seen: `answer`, which is asked
    next, gives the same without it, and all of it as things are by then.
    `receivers` gives those whom an interface (one that `open` made) tells of what happens; their names begin with the
    vendor's, so that they are unique in a PBX. `announce` has the interface subscribe to the PBX's events and emit a
    `NoticePosted` for each thing that a receiver is to be told; it is called once, after all that keep records.
    `errors` is the vendor's table of errors, by code or name with the usual text, and `refuse` has an interface answer
    a request with one of them and do nothing else; `filled` maps placeholders of the text to what stands for them.
    `keeps` are the classes and enumerations of its own of which an interface keeps objects as calls go by, facts made
    of fields alone: a snapshot of a PBX may hold them.
    `traps` gives what its manual says and clients get wrong (`pbxsim traps`).
    `time_zone` (IANA name) is where its days begin if neither its settings nor the PBX file say otherwise.
    `explain` says of a call what follows from the vendor's manual: in which order its parties are rung, which notices
    of it come and which do not; an interface is asked about calls of others, too.
    `forms` gives what can be asked, an action each, as forms to fill in, without any secret in them; `secrets` gives
    what belongs where a request by such a form has HIDDEN, by the name of the parameter or header: those of the entry
    of the settings at that path (`Identity.path`), and of whom else the request names; nothing for an unknown path.
    """

    name: str
    title: str
    settings: type[msgspec.Struct]
    paths: tuple[str, ...]
    open: Callable[[Any, Pbx], Interface]
    check: Callable[[Any, Pbx], Iterable[SettingsFault]] = _no_faults
    credentials: Callable[[Any], Iterable[Credential]] = _no_credentials
    carries: Callable[[Request], Iterable[tuple[str, ...]] | None] = _anybodys
    places: Mapping[str, Place] = MappingProxyType({})
    prepare: Callable[[Any, Request], Iterator[None] | None] = always_short
    receivers: Callable[[Any], Iterable[Receiver]] = _nobody
    announce: Callable[[Any], None] = _silent
    errors: Mapping[str, str] = MappingProxyType({})
    refuse: Callable[[Any, Request, str, Mapping[str, str]], Reply] = _unable
    explain: Callable[[Any, Call], Iterable[Cause]] = _unexplained
    traps: Callable[[], tuple[Trap, ...]] = _no_traps
    forms: Callable[[Any], Iterable[Form]] = _no_forms
    secrets: Callable[[Any, str, Request], Mapping[str, str]] = _no_secrets
    sample: str = "    {}\n"
    time_zone: str = "UTC"
    keeps: tuple[type, ...] = ()
    secret_params: frozenset[str] = frozenset()
    secret_headers: frozenset[str] = frozenset({"authorization", "cookie"})

    def __deepcopy__(self, _memo: object) -> Vendor:
        """Give itself: a PBX that is copied speaks the same vendors' interfaces."""
        return self
