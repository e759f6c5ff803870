"""Templates that are compiled once, as Python keeps modules: in a `__pycache__` beside them, where whoever runs may write there.

A page's first answer after a start spent two thirds of its time on compiling (0.2 s, and memory that stays). `make install` compiles
all of them, since who serves a city may not write beside the program.
"""

import sys
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

HERE = Path(__file__).parent
PLACE = HERE / "templates" / "__pycache__"


class Compiled(FileSystemBytecodeCache):
    """What an environment made of its templates. Nothing old is taken: neither of another text nor of another way to compile."""

    def __init__(self, environment: Environment, place: Path = PLACE) -> None:
        super().__init__(str(place))
        self._environment = environment

    @cached_property
    def _way(self) -> bytes:
        """Jinja, and what we changed of it."""
        return (HERE / "templating.py").read_bytes() + version("jinja2").encode()

    def _settings(self) -> str:
        set_so = self._environment
        escapes = "by name" if callable(set_so.autoescape) else set_so.autoescape
        return f"{escapes} {set_so.trim_blocks} {set_so.lstrip_blocks} {sorted(set_so.extensions)}"

    def get_cache_key(self, name: str, filename: Any = None) -> str:
        """By its name: it may be installed in one folder and run from a link to that."""
        return super().get_cache_key(name)

    def get_source_checksum(self, source: str) -> str:
        """All on which the code hangs: the text, and how it is compiled."""
        return sha256(self._way + self._settings().encode() + source.encode()).hexdigest()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next start; where nobody may write, it is compiled again."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
