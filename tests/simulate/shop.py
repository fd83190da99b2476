"""A PBX file with two agents, one queue, and more callers than they can take."""

from __future__ import annotations

SHOP = """
name: shop
start_at: 2026-03-02T08:00:00Z
extensions: [{internal: "100", calls: 1}, {internal: "101", calls: 1}]
agents: [{number: "1", name: anna, line: "100"}, {number: "2", name: ben, line: "101"}]
queues:
  - {name: sales, strategy: rrmemory, service_level: 20, max_wait: 120, wrap_up: 5,
     members: [{agent: "1"}, {agent: "2"}]}
dids: [{number: "222000200", queue: sales}]
phones: {rules: [{number: "_10X", does: {ring: {uniform: [1, 5]}, talk: {exponential: 200}}}]}
traffic: [{to: "222000200", per_hour: 60, patience: {exponential: 100}, talk: {exponential: 90}}]
"""
