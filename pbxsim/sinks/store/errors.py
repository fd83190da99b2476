"""What a store refuses with, and what goes wrong between it and its database."""

from __future__ import annotations


class StoreUnreachable(Exception):
    """The database cannot be used at all: not there, not allowed, written by a newer release. Says why."""


class StoreInUse(StoreUnreachable):
    """Another process serves this PBX from the same store."""


class DatabaseFailed(Exception):
    """The database did not take a batch, which may succeed later: it is full, gone, locked. Says why."""


class RowsRefused(Exception):
    """The database works, and will never take one of these rows."""


class SpillFailed(Exception):
    """What the database does not take cannot be put on disk either. Says why."""
