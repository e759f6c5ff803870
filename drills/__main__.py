"""`python -m drills [name …]`: run the drills, print what each saw, write docs/drills.md. Exit 1 when a promise broke.

DRILL_LONG=1 takes the numbers of the promises (30 minutes of load, 50 kills), DRILL_SHORT=1 those of `make test`.
Results of drills that were not run now stay as they are in drills/results.json, from which the page is written.
"""

import importlib
import json
import os
import sys

from drills.outcome import Outcome
from drills.page import RESULTS, write

ALL = ("killed", "away", "full_disk", "stopped", "migrated")


def main() -> int:
    """Run those named on the command line, else all."""
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
    return 0 if kept else 1


def _store(outcome: Outcome) -> None:
    """Each result is written as soon as there is one: a long run that is broken off has shown something."""
    held = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    held[f"{outcome.drill}/{outcome.fault}/{outcome.database}"] = outcome.stored()
    RESULTS.write_text(json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    write()


if __name__ == "__main__":
    sys.exit(main())
