"""Tests of the switch draw the same examples each time, so that a failure can be had again; none is timed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
