"""The `_id` that Simotel's objects have: 24 hex digits, as its database (MongoDB) gives them."""

from __future__ import annotations

from hashlib import sha256


def object_id(kind: str, key: object) -> str:
    """Make the id of an object out of its kind and what tells it from others of that kind: ever the same (R203)."""
    return sha256(f"{kind} {key}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
