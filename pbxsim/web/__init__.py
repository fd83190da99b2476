"""The edge: one aiohttp application for the vendors' paths and the control API."""
