"""`make scan`: bandit and semgrep over the code, sqlmap and wapiti against a site of its own on 127.0.0.1.

Each scanner also meets tools/scan/holes.py, where it must find what is planted for it: k of n, beside its findings in
the product. Writes docs/scans.md. Exit code 1 where the product has a finding or a planted hole was not found.
No network: everything runs on this machine, without metrics and without looking for updates.
"""

import contextlib
import datetime
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN, WAPITI = ROOT / ".cache/scan-venv/bin", ROOT / ".cache/wapiti-venv/bin/wapiti"
HOLES = ROOT / "tools/scan/holes.py"
CODE = ("app", "config.py", "wsgi.py")
START_WITHIN, WEB_WITHIN = 240, 100  # seconds
QUIET = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
# bandit's kinds that say nothing here: imports and uses of subprocess with lists, `random` without secrets, asserts,
# words that look like passwords (ruff's S rules judge these with reasons in the code).
KINDS = "B101,B105,B311,B404,B405,B603"
# Findings that were looked at: (file, part of the line) and why they are none.
JUDGED = {
    (
        "app/media/sheet_child.py",
        "ElementTree.fromstring",
    ): "books with a document type are refused before; a child under limits",
    ("app/text.py", "Markup(markdown("): "nh3 has cleaned it; tests/test_stored_markup.py",
    (
        "app/templating.py",
        'Markup("".join(pieces))',
    ): "a macro has escaped the one, `shown` the others; tests/test_templating.py",
    (
        "app/blueprints/portal/activity_rows.py",
        'Markup("".join(found))',
    ): "lines that a template has escaped; tests/test_stored_markup.py",
    ("app/sqlite.py", "PRAGMA {pragma}"): "constants of the module",
    ("app/models/help_request.py", 'text(f"status IN'): "values of an enumeration of ours",
    **{
        ("app/models/pages/pairs_kept.py", part): "names of searched tables and columns, all written in pairs.py"
        for part in (
            'f"REINDEX INDEX {INDEXES[table]}',
            'f"INSERT INTO pairs_placed SELECT',
            'MISPLACED = f"""',
            'f"SELECT volunteer.id, district_code',
            'f"{named} UNION SELECT',
            'f"INSERT INTO {kept}({kept})',
            'f"INSERT INTO {kept}(rowid, words)',
            'f"INSERT INTO pairs_{table}(pairs_{table})',
            "USING fts5vocab('main', 'pairs_{table}', 'instance')",
            'both = f"SELECT term',
            'FROM "{table}" """',
            'f"SELECT DISTINCT texts.id, {pair} AS pair',
        )
    },
    ("app/backup/keys.py", "ALTER TABLE {one.name}"): "names that the database's own catalogue told",
}
PLANTED = {"bandit": 5, "semgrep": 8, "sqlmap": 2, "wapiti": 4}  # how many kinds of hole each must find
# Addresses whose values bring rows, so that a scanner sees a difference.
MODULES = "crlf,exec,file,permanentxss,redirect,sql,xss"  # of wapiti: those that speak to nobody but the site
CRAWL, ATTACK, LEAST_WALKED = (
    150,
    60,
    40,
)  # seconds wapiti may look around, and for each of its modules; pages, or its silence says nothing
ASKED = (
    "/activities?q=社区&status=ended&region=3203",
    "/search?q=社区&kind=activities",
)


@dataclass
class Result:
    """What one scanner said."""

    name: str
    found: list[str] = field(default_factory=list)
    planted: set[str] = field(default_factory=set)
    note: str = ""
    walked: int = 0  # pages that a crawler has seen

    @property
    def good(self) -> bool:
        return not self.found and not self.note and len(self.planted) >= PLANTED[self.name]


def run(*command: str | Path, within: int = 240) -> str:
    """What the program prints; its error output when it prints nothing."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=ROOT, timeout=within,
        env={**os.environ, **QUIET}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout or done.stderr


def judged(file: str, line: int) -> bool:
    """Whether somebody has looked at this place and said why it is no fault."""
    text = (ROOT / file).read_text(encoding="utf-8").splitlines()[line - 1]
    return any(file == known and part in text for known, part in JUDGED)


def sort_out(result: Result, places: Iterator[tuple[str, int, str]]) -> Result:
    """Findings in the holes are planted ones; the others are the product's, unless judged."""
    for file, line, kind in places:
        file = file.removeprefix("./")
        if file.endswith("scan/holes.py"):
            result.planted.add(kind)
        elif not judged(file, line):
            result.found.append(f"{file}:{line} {kind}")
    return result


def bandit() -> Result:
    said = json.loads(run(BIN / "bandit", "-q", "-f", "json", "-s", KINDS, "-r", *CODE, HOLES))
    return sort_out(
        Result("bandit"),
        (
            (os.path.relpath(ROOT / one["filename"], ROOT), one["line_number"], one["test_id"])
            for one in said["results"]
        ),
    )


def semgrep() -> Result:
    options = ("--config", "tools/scan/rules.yml", "--metrics", "off", "--disable-version-check", "--json", "--quiet")
    said = json.loads(run(BIN / "semgrep", "scan", *options, "--no-git-ignore", "tools/scan/holes.py", *CODE))
    return sort_out(
        Result("semgrep"),
        ((one["path"], one["start"]["line"], one["check_id"].rpartition(".")[2]) for one in said["results"]),
    )


def sqlmap(site: str, holes: str, folder: str) -> Result:
    result = Result("sqlmap")
    for base, asked in ((holes, ("/person?id=1", "/named?name=a")), (site, ASKED)):
        for path in asked:
            said = attack(f"{base}{path}", folder)
            for parameter in re.findall(r"^Parameter: (\S+)", said, re.MULTILINE):
                if base == holes:
                    result.planted.add(f"{path} {parameter}")
                else:
                    result.found.append(f"{path} {parameter}")
            if "all tested parameters do not appear" not in said and "Parameter: " not in said:
                result.note = f"no verdict on {path}: {said.strip().splitlines()[-1:]}"
    return result


def wapiti(site: str, holes: str, folder: str) -> Result:
    """Walks the whole site as a visitor, forms included, and tries what it finds."""
    result = Result("wapiti")
    for base in (holes, site):
        report = Path(folder) / "wapiti.json"
        report.unlink(missing_ok=True)
        options = (
            "--scope",
            "domain",
            "--depth",
            "4",
            "--max-links-per-page",
            "15",
            "--max-files-per-dir",
            "6",
            "--flush-session",
        )
        times = ("--max-scan-time", str(CRAWL), "--max-attack-time", str(ATTACK), "-t", "10")
        places = ("--store-session", folder, "--store-config", folder, "-f", "json", "-o", report)
        said = run(WAPITI, "-u", f"{base}/", "-m", MODULES, *options, *times, *places, "--no-bugreport", within=900)
        if not report.exists():
            result.note = f"no verdict on {base}: {said.strip().splitlines()[-1:]}"
            continue
        told = json.loads(report.read_text(encoding="utf-8"))
        found = {
            f"{kind} {one['path']} {one['parameter']}" for kind, all in told["vulnerabilities"].items() for one in all
        }
        if base == holes:
            result.planted = found
        else:
            result.found, result.walked = sorted(found), told["infos"].get("crawled_pages_nbr", 0)
            result.note = "" if result.walked >= LEAST_WALKED else f"only {result.walked} pages walked"
    return result


def attack(address: str, folder: str) -> str:
    """What sqlmap says of every parameter of this address."""
    options = ("--batch", "--level", "1", "--risk", "1", "--flush-session", "--output-dir", folder, "--threads", "1")
    try:
        return run(
            BIN / "sqlmap", "-u", address, *options, "--technique", "BEU", "--disable-coloring", within=WEB_WITHIN
        )
    except subprocess.TimeoutExpired as late:
        return f"not ready within {WEB_WITHIN} s: {(late.stdout or b'')[-200:]!r}"


@contextlib.contextmanager
def serving(command: list[str], path: str, **surroundings: str) -> Iterator[str]:
    """A server of ours on a free port of 127.0.0.1, ended afterwards by its own number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [part.replace("PORT", port) for part in command]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **surroundings, "PORT": port}, stdout=subprocess.DEVNULL
    )
    try:
        wait(int(port), path, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def wait(port: int, path: str, server: subprocess.Popen[bytes]) -> None:
    """Until it answers. Raises RuntimeError when it ends or takes too long."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the server on {port} did not answer")


def scan(wanted: set[str]) -> list[Result]:
    """All wanted scanners, one after the other."""
    results = [one() for one in (bandit, semgrep) if one.__name__ in wanted]
    attackers = [one for one in (sqlmap, wapiti) if one.__name__ in wanted]
    if attackers:
        with (
            tempfile.TemporaryDirectory() as folder,
            serving([sys.executable, "tools/run.py"], "/healthz", DATA_DIR=folder, HOST="127.0.0.1") as site,
            serving([sys.executable, str(HOLES), "PORT"], "/") as holes,
        ):
            results += [one(site, holes, folder) for one in attackers]
    return results


def written(results: list[Result], seconds: float) -> str:
    """The page docs/scans.md."""
    lines = [
        "# Scans", "", f"Written by `make scan` on {datetime.date.today()}; it took {seconds:.0f} s.", "",
        "| scanner | findings in the product | planted holes found |", "|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {one.name} | {one.note or len(one.found)} | {len(one.planted)} of {PLANTED[one.name]} |" for one in results
    ]
    lines += ["", *(f"- {one.name}: {place}" for one in results for place in one.found)]
    lines += ["", "Planted: tools/scan/holes.py, by kind:", ""]
    lines += [f"- {one.name}: {', '.join(sorted(one.planted))}" for one in results]
    lines += [
        "",
        "Looked at, and no fault:",
        "",
        *(f"- {file}, `{part}`: {why}" for (file, part), why in JUDGED.items()),
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def main() -> int:
    """Run them, write the page, say how it went."""
    wanted = set(sys.argv[1:]) or set(PLANTED)
    started = time.monotonic()
    results = scan(wanted)
    page = written(results, time.monotonic() - started)
    (ROOT / "docs/scans.md").write_text(page, encoding="utf-8")
    print(page)
    return 0 if all(one.good for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
