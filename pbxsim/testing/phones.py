"""A PBX's telephones: how each meets calls from now on, and a person's hand on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol

import msgspec

from pbxsim.testing.records import PhoneState


class Asked(Protocol):
    """The PBX whose telephones they are, as far as these need it (client.py)."""

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Ask its control API."""
        ...

    def listed(self, path: str, key: str) -> Iterator[Any]:
        """Give all entries of a list of its control API."""
        ...


class Phone:
    """One telephone, by its SIP user or by an internal number that only it has.

    What it is told lasts until it is told otherwise, `behaves_as_configured`, or a reset; seconds are the PBX's own.
    """

    def __init__(self, pbx: Asked, name: str) -> None:
        self._pbx = pbx
        self.name = name

    def __repr__(self) -> str:
        """Name it."""
        return f"<telephone {self.name}>"

    # -- how it meets calls ---------------------------------------------------------------------------------------

    def answers(self, after: float = 3, talks: float | None = 30) -> None:
        """Answer every call after so many seconds of ringing, and hang up after so many of talk; None: never."""
        self._behave("answer", ring_seconds=after, talk_seconds=talks)

    def never_answers(self) -> None:
        """Ring until the caller gives up."""
        self._behave("no answer")

    def busy(self, after: float = 0) -> None:
        """Be busy (cause 17)."""
        self._behave("busy", ring_seconds=after)

    def rejects(self, after: float = 3) -> None:
        """Ring for so many seconds, then refuse (cause 21)."""
        self._behave("reject", ring_seconds=after)

    def fails(self, cause: int = 1, after: float = 0) -> None:
        """Never ring: the call ends with that cause (Q.850)."""
        self._behave("fail", ring_seconds=after, cause=cause)

    def drops(self, after: float = 3, talks: float = 30, cause: int = 38) -> None:
        """Answer, and vanish in the middle of the talk without hanging up."""
        self._behave("drop", ring_seconds=after, talk_seconds=talks, cause=cause)

    def behaves_as_configured(self) -> None:
        """Do as the PBX file and its number say again."""
        self._pbx.ask("DELETE", f"/phones/{self.name}/behaviour")

    # -- a person's hand on it ------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up the call that rings longest. Raises ControlRefused (409) if none rings, as all of these do."""
        self._touch("answer")

    def reject(self) -> None:
        """Refuse the call that rings longest."""
        self._touch("reject")

    def hangup(self) -> None:
        """Put the receiver down."""
        self._touch("hangup")

    def hold(self) -> None:
        """Put the call on hold."""
        self._touch("hold")

    def unhold(self) -> None:
        """Take the held call back."""
        self._touch("unhold")

    def swap(self) -> None:
        """Change between the held call and the one that is up."""
        self._touch("swap")

    def dial(self, to: str) -> None:
        """Call that number."""
        self._touch("dial", to=to)

    def press(self, digits: str) -> None:
        """Press digits in the call that is up, all at once but for pauses: `w` half a second, `W` a whole one."""
        self._touch("press", digits=digits)

    def transfer(self, to: str) -> None:
        """Hand the call on to that number, and be out of it."""
        self._touch("transfer", to=to)

    def consult(self, to: str) -> None:
        """Hold the call, and call that number first; then `complete` or `cancel`."""
        self._touch("consult", to=to)

    def complete(self) -> None:
        """Connect the held party to the one consulted."""
        self._touch("complete")

    def cancel(self) -> None:
        """Give the consultation up, and take the held call back."""
        self._touch("cancel")

    def do_not_disturb(self, *, on: bool = True) -> None:
        """Refuse calls from now on, or take them again."""
        self._touch("dnd", on=on)

    def diverts(self, to: str | None, when: Literal["always", "busy", "no_answer"] = "always") -> None:
        """Have calls go to that number instead; None: no more."""
        self._touch("divert", when=when, **({} if to is None else {"to": to}))

    def register(self) -> None:
        """Register at the PBX again."""
        self._touch("register")

    def unregister(self) -> None:
        """Drop off."""
        self._touch("unregister")

    @property
    def state(self) -> PhoneState:
        """Tell its state now. Raises KeyError where there is no such telephone."""
        return Phones(self._pbx).states[self.name]

    def _behave(self, outcome: str, **more: object) -> None:
        self._pbx.ask("PUT", f"/phones/{self.name}/behaviour", {"outcome": outcome, **more})

    def _touch(self, verb: str, **more: object) -> None:
        self._pbx.ask("POST", f"/phones/{self.name}/{verb}", more or None)


class Phones(Mapping[str, Phone]):
    """All telephones of a PBX by SIP user; `phones["101"]` finds one by its internal number, too."""

    def __init__(self, pbx: Asked) -> None:
        self._pbx = pbx

    def __getitem__(self, name: str) -> Phone:
        """Give a telephone. Whether there is one of that name is seen when it is told something."""
        return Phone(self._pbx, name)

    def __iter__(self) -> Iterator[str]:
        return (state["user"] for state in self._listed())

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self._listed())

    def __contains__(self, name: object) -> bool:
        """Tell whether there is one of that SIP user or internal number."""
        return name in self.states

    @property
    def states(self) -> dict[str, PhoneState]:
        """Tell the state of each, by SIP user and by internal number."""
        found = [msgspec.convert(state, PhoneState) for state in self._listed()]
        return {state.internal: state for state in found} | {state.user: state for state in found}

    def _listed(self) -> Iterator[dict[str, Any]]:
        return self._pbx.listed("/phones", "user")
