"""The product and `constant` in one process: what any answer takes there while eight people tick (rows 1 and 2)."""

from collections.abc import Iterable
from typing import Any

from bench.constant import BESIDE
from bench.constant import app as constant
from wsgi import app as product


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """WSGI: the view of 12 kB at its one address, everything else from the product."""
    return (constant if environ["PATH_INFO"] == BESIDE else product)(environ, start_response)
