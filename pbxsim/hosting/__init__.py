"""A PBX that lives: built from its file, with clock, journal, store, outbox and request log; nothing of HTTP."""
