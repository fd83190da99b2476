"""The journal: every event of a PBX in order, spelt the same way in every run."""
