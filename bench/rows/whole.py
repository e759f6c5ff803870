"""Rows 13 to 15: memory, bytes on the wire, the start."""

import os
import re
import signal
import subprocess
import sys
import time
from typing import Any

from app import sheets
from bench.ground import HOME
from bench.result import Figure
from bench.rows.writing import latency
from bench.servers import ask_once
from tests.support import ROOT
from tests.support.process import free_port

PACKED = {"Accept_Encoding": "gzip, deflate, br"}


def memory(bench: Any) -> list[Figure]:
    """13: what the product's process holds after all that."""
    worker, family = bench.big.server.memory()
    note = f"with granian's keeper {family:.0f} MB; RSS, shared pages included"
    return [Figure(13, "memory of the process after the bench", [worker], most=150, unit=" MB", note=note)]


def wire(bench: Any) -> list[Figure]:
    """14: the home page as a cold browser fetches it (compressed), without the pictures that are lazy."""
    _, head, body = bench.big.fetch("/", **PACKED)
    page = bench.big.fetch("/")[2].decode()
    links = _linked(page)
    sizes, pictures = {"/": len(head) + 4 + len(body)}, 0
    for path in links:
        _, head, body = bench.big.fetch(path, **PACKED)
        kind = re.search(rb"(?im)^content-type: *image/(?!svg)", head)
        pictures += bool(kind)
        sizes[path] = 0 if kind else len(head) + 4 + len(body)
    css = sum(map(len, sheets.served(ROOT / "app/static/css").values()))
    its_css = sum(len(bench.big.fetch(path)[2]) for path in links if ".css" in path)
    scripts = [path for path in links if ".js" in path]
    script = sum(len(bench.big.fetch(path)[2]) for path in scripts)
    return [
        Figure(14, "home page, cold: bytes without raster pictures", [sum(sizes.values()) / 1000], most=120, unit=" kB"),
        Figure(14, "home page, cold: requests", [len(sizes)], most=12, note=f"{pictures} of them raster pictures"),
        Figure(14, "all CSS of the home page, raw", [its_css / 1000], most=30, unit=" kB"),
        Figure(14, "all CSS of all pages, raw", [css / 1000], most=30, unit=" kB"),
        Figure(14, "all JS of the home page, raw", [script / 1000], most=60, unit=" kB"),
    ]  # fmt: skip


def _linked(page: str) -> list[str]:
    """What a browser fetches at once: style sheets, scripts, icons, pictures that are not lazy; each once."""
    found = []
    for tag in re.findall(r"<(?:link|script|img|source|use|image)\b[^>]*>", page):
        if "<link" in tag and not re.search(r'rel="[^"]*(stylesheet|icon|preload|manifest)', tag):
            continue
        if 'loading="lazy"' in tag:
            continue
        found += re.findall(r'\b(?:href|src)="(/[^"#]*)', tag)
    return [path.replace("&amp;", "&") for path in dict.fromkeys(found)]


def start(bench: Any) -> list[Figure]:
    """15: tools/run.py on an installed, filled tree, until the first answer."""
    took = [_started(bench) for _ in range(min(3, bench.rounds))]
    return [
        Figure(15, "from tools/run.py to the first answer", took, most=3, unit=" s", note=bench.small_name),
        latency(bench, 15),
    ]


def _started(bench: Any) -> float:
    port = free_port()
    folder = HOME / "data" / "start"
    folder.mkdir(parents=True, exist_ok=True)
    env = {"PATH": os.environ["PATH"], "PORT": str(port), "DATA_DIR": str(folder), "DATABASE_URL": bench.small.url}
    began = time.monotonic()
    with (folder / "log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "tools/run.py"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        while time.monotonic() - began < 60 and keeper.poll() is None:
            try:
                if ask_once(port, "/") == 200:
                    return time.monotonic() - began
            except (OSError, ValueError):
                time.sleep(0.02)
        raise RuntimeError(f"no answer: {(folder / 'log').read_text()[-1000:]}")
    finally:
        if keeper.poll() is None:
            keeper.send_signal(signal.SIGTERM)
            keeper.wait(60)
