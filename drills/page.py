"""docs/drills.md, written from drills/results.json."""

import importlib
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = ROOT / "drills/results.json", ROOT / "docs/drills.md"
HEAD = """# Drills

Written by `make drill` (never by hand) from what it saw; `drills/results.json` holds the same. Each drill starts the
product as deployed (one granian worker, sixteen threads), on SQLite and on a PostgreSQL of its own, on 127.0.0.1, and
ends what it started by its process number. Times are those of the machine on which it ran, with everything else that
ran there; losses are not a matter of machines.

    make drill                           every drill, minutes
    make drill DRILLS=away               one (names below)
    make drill DRILLS="killed sqlite"    one, on one database, without its twin ("killed sqlite twins": with it)
    DRILL_LONG=1 make drill              the numbers of the promises: 50 kills, 30 minutes of load, over an hour
    make test                            a short form of each (tests/drills)
"""


def write() -> None:
    """Write the page anew."""
    held = json.loads(RESULTS.read_text())
    planted = held.pop("planted", {})
    parts = [HEAD]
    for name in dict.fromkeys(one["drill"] for one in held.values()):
        drill = importlib.import_module(f"drills.{name}")
        told = [one for one in held.values() if one["drill"] == name]
        parts += [f"\n## {name}\n\n{drill.__doc__.strip()}\n\nPromise: {drill.PROMISE}.\n"]
        parts += ["| fault, database | injected | lost | figures | promise | run |", "|---|---|---|---|---|---|"]
        parts += [_row(one) for one in told]
    parts += _twins(planted)
    PAGE.write_text("\n".join(parts) + "\n")


def _twins(planted: dict[str, str]) -> list[str]:
    """What was planted, and how the drill noticed it."""
    rows = [f"| {name.replace('/', ', ')} | {seen or '**not noticed**'} |" for name, seen in sorted(planted.items())]
    found = sum(1 for seen in planted.values() if seen)
    head = f"\n## Planted faults\n\nEach drill once more, short, over a product with a fault (`drills/planted.py`): {found} of {len(rows)} noticed.\n"
    return [head, "| drill, fault | what it said |", "|---|---|", *rows] if rows else []


def _row(one: dict[str, Any]) -> str:
    verdict = "kept" if not one["broken"] + one["late"] else "**broken**: " + "; ".join(one["broken"] + one["late"])
    cells = (
        f"{one['fault']}, {one['database']}", one["injected"], one["lost"], one["figures"], verdict,
        f"{one['on']}, {one['scale']}",
    )  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
