"""A whole PBX with its calls in progress as one JSON document, and back: state as data, so it costs what the state is.

A PBX is a graph of objects. Most of it follows from its file and its seed; so a snapshot is what is otherwise than in
a PBX that has just begun by them (its twin). What both have alike is named by its place in the twin's graph, and
nothing of it is in the document: no credential, no address, no code. What is new in the PBX is of classes that are
listed by name (allowed.py), and written field by field. What lies outside (borders.py) is in no snapshot.

Not here: how a PBX begins (hosting/hosted_pbx.py), the routes (web/control/snapshots.py).
"""
