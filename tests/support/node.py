"""A Node to run JavaScript tools with: the machine's, else the wheel's (requirements-node.txt)."""

import functools
import shutil
import subprocess

from tests.support import ROOT

OLDEST = (20, 19)


class MissingNode(RuntimeError):
    """No Node of the needed age was found."""


@functools.cache
def find() -> str:
    """Path of a node that runs and is not too old; MissingNode otherwise."""
    for path in (shutil.which("node"), str(ROOT / ".venv/bin/node")):
        if path and _version(path) >= OLDEST:
            return path
    raise MissingNode(f"No node of {OLDEST[0]}.{OLDEST[1]} or newer: run `make setup`.")


def _version(path: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in answer.strip().lstrip("v").split("."))
