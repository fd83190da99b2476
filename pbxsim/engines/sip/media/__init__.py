"""What the parties of a SIP call hear: descriptions (SDP), ports, RTP that is relayed, played, mixed and recorded.

The engine opens a `Party` (party.py) for each leg and says what it hears; all else happens here. G.711 is understood,
by tables, and nothing else is offered or taken.
"""
