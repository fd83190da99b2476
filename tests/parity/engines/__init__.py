"""Parity of engines: the same scenarios by vendors' requests on each engine, laid side by side (`make parity`).

`scenarios.py` and those beside it tell once what happens; each is played on a server with the simulated engine, its
clock held, and on those with real SIP telephones: at a real Asterisk, and at pbxsim itself. `history.py` reads from
outside what came of it, in the same words for all: what vendors' interfaces replied at each step, what was rung when,
events, records, webhooks, and what the telephones themselves saw. `compare.py` lays two side by side. A difference is
declared where it stands with its reason (`differences.py`); one that is not declared is red, and so is one that is and
no longer comes about.
"""
