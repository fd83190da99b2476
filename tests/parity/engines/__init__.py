"""Parity of engines: the same scenarios by vendors' requests on each engine, laid side by side (`make parity`).

`scenarios.py` and those beside it tell once what happens; each is played on a server with the simulated engine, its
clock held, and on one with a real Asterisk and real SIP telephones. `history.py` reads from outside what came of it, in
the same words for both: what vendors' interfaces replied at each step, what was rung when, events, records, webhooks,
and what the telephones themselves saw. `compare.py` lays the two side by side. A difference is declared where it stands
with its reason (`differences.py`); one that is not declared is red, and so is one that is and no longer comes about.
"""
