"""The bench: pbxsim beside its rivals in one interleaved run, every figure a ratio with its goal (`make bench`).

What lives here: the harness, the rivals, one module per race. What does not: tests that fail when a machine is slow.
The bench says "reached" or "not reached" and fails only where a result is wrong.
"""
