"""The switch: directory, calls, channels, bridges, queues, agents, CDRs.

Pure and synchronous: what happens, never how it is sent.

Not here: sockets, files, threads, asyncio, the wall clock, randomness, any vendor's words. import-linter enforces it.
"""
