"""What a vendor's interface works out of a PBX's state and remembers, only to be quicker the next time."""


class Derived:
    """The base of such a memory. It is no part of the state, and in no snapshot: anybody can work it out again."""

    __slots__ = ()
