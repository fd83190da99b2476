"""Parity: the same calls on a real Asterisk and here, laid side by side.

`scenarios.py` tells once what happens in each of 81 scenarios. `recorded/` has what two real Asterisks made of them:
16.28 with chan_sip, as the vendors' channels are, and 22.10 with PJSIP; each was played there once, with telephones
that are a small SIP user agent, and read from CDR, queue log and AMI (the files say how). `play.py` plays them on a
PBX of ours, its clock held; `compare.py` lays the two side by side, `reasons.py` says of each difference which ruling
it falls under, and `python -m tests.parity --write` makes `docs/parity.md` of it all.

What queues do was measured beside that, setting by setting and with Local channels (`recorded/queues-22.10.json`):
`test_queues_measured.py` plays it here, and `queue_table.py` makes `docs/parity-queues.md` of it.
"""
