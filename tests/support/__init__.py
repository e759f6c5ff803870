"""What the tests stand on: a PostgreSQL, a Chromium, a Node, and databases that are new for every test."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
