"""Drills: faults brought about on purpose, against the product as it is deployed. `make drill` runs them all.

Each module is one drill: `PROMISE` says what must hold, `run(kind, scale)` brings the fault about on a place of its
own (`drills/site.py`) and yields what it saw (`drills/outcome.py`). Nothing but 127.0.0.1 is ever spoken to, and only
to processes that the drill itself started. `TWINS` are faults that the same drill must notice (drills/planted.py).
"""
