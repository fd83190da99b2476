"""Inputs that nobody would send, as many as wanted: see `python -m tests.fuzz --help`, and CONTRIBUTING.md."""
