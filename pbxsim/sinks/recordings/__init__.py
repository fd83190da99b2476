"""Recordings: who is heard when, the sound of it, and the files that it is written to."""
