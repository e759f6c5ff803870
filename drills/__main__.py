"""`python -m drills [name …]`: run the drills, print what each saw, write docs/drills.md. Exit 1 when a promise broke.

DRILL_LONG=1 takes the numbers of the promises (30 minutes of load, 50 kills), DRILL_SHORT=1 those of `make test`.
Results of drills that were not run now stay as they are in drills/results.json, from which the page is written.
"""

import importlib
import json
import os
import signal
import sys
from typing import Any

from drills import site
from drills.outcome import Outcome
from drills.page import RESULTS, write

ALL = ("killed", "away", "full_disk", "stopped", "migrated", "backed_up", "clock", "load", "recovered", "updated")


def main() -> int:
    """Run those named on the command line, else all."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every server that was started ends, too
    wanted = [name for name in sys.argv[1:] if name in ALL] or ALL
    kinds = [name for name in sys.argv[1:] if name in ("sqlite", "postgresql")]
    scale = "long" if os.environ.get("DRILL_LONG") else "short" if os.environ.get("DRILL_SHORT") else "usual"
    kept = True
    for name in wanted:
        drill = importlib.import_module(f"drills.{name}")
        for kind in [one for one in drill.KINDS if not kinds or one in kinds]:
            for outcome in drill.run(kind, scale):
                outcome.scale = scale
                print(outcome.line(), flush=True)
                _store(outcome)
                kept = kept and outcome.kept
        if "twins" in sys.argv[1:] or not kinds:
            noticed = [
                _twin(name, drill, fault, kinds) for fault in drill.TWINS
            ]  # each of them, whatever the first one says
            kept = all(noticed) and kept
    return 0 if kept else 1


def _twin(name: str, drill: Any, fault: str, kinds: list[str]) -> bool:
    """The short form once more over a server with a planted fault: the drill must notice."""
    kind = next((one for one in drill.KINDS if one in kinds), drill.KINDS[0])
    with site.planted(fault):
        noticed = [why for outcome in drill.run(kind, "short") for why in outcome.broken + outcome.late]
    print(f"{name} / planted: {fault} [{kind}]\n  {'noticed: ' + noticed[0] if noticed else 'NOT NOTICED'}", flush=True)
    held = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    held.setdefault("planted", {})[f"{name}/{fault}"] = noticed[0][:160] if noticed else ""
    RESULTS.write_text(json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    write()
    return bool(noticed)


def _store(outcome: Outcome) -> None:
    """Each result is written as soon as there is one: a long run that is broken off has shown something."""
    held = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    held[f"{outcome.drill}/{outcome.fault}/{outcome.database}"] = outcome.stored()
    RESULTS.write_text(json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    write()


if __name__ == "__main__":
    sys.exit(main())
