"""What the engine works with while telephones can reach it: the agent, the ports for sound, the PBX's present."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.engine import Present
    from pbxsim.engines.sip.agent import Agent
    from pbxsim.engines.sip.media.media import Media
    from pbxsim.engines.sip.media.party import Party
    from pbxsim.engines.sip.media.recording import Recordings


class Exchange:
    """`soon` has what the agent wants sent be sent when the moment is over. `recordings` None: nobody records."""

    def __init__(
        self,
        agent: Agent,
        media: Media,
        present: Present,
        soon: Callable[[], None],
        recordings: Recordings | None = None,
    ) -> None:
        self.agent = agent
        self.media = media
        self.recordings = recordings
        self.soon = soon
        self._present = present

    def act(self, what: Callable[[], object]) -> None:
        """Do something at the PBX's present that is none of a message's or timer's of the agent's."""
        self._present(what)
        self.soon()

    def close_party(self, party: Party | None) -> None:
        """Let go of a telephone's sound."""
        if party is not None:
            self.media.close(party)
