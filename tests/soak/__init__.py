"""A long run: a real server, real sockets, faults on, and at the end a look at what must have held (`make soak`).

What lives here: the PBX file, the requests and their mix, the clients good and bad, the receivers, the checks.
What does not: speed (tests/bench), and `kill -9` (tests/crash).
"""
