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
        """All on which the code hangs besides the text: Jinja, what we changed of it, and how it is set."""
        set_so = self._environment
        settings = set_so.trim_blocks, set_so.lstrip_blocks, sorted(set_so.extensions)
        return (HERE / "templating.py").read_bytes() + f"{version('jinja2')} {settings}".encode()

    def get_cache_key(self, name: str, filename: Any = None) -> str:
        """By its name: it may be installed in one folder and run from a link to that."""
        return super().get_cache_key(name)

    def get_source_checksum(self, source: str) -> str:
        """What the code was made of."""
        return sha256(self._way + source.encode()).hexdigest()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next start; where nobody may write, it is compiled again."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
