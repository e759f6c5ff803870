"""Is this HTML valid? The rules of html-validate (tools/html), run by Node, many pages at once.

Starting Node costs 0.3 s and a page a few milliseconds: collect pages and ask once.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support import ROOT, node

TOOL = ROOT / "tools/html"


def invalid(html: str) -> list[str]:
    """What is wrong with this page, as `line:column rule: message`; empty when it is valid."""
    return invalid_pages({"page": html}).get("page", [])


def invalid_pages(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with each of these pages, by their names (any text); valid pages are left out."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            file = Path(folder, f"{number}.html")
            file.write_text(html, encoding="utf-8")
            names[str(file.resolve())] = name
        return {names[file]: errors for file, errors in invalid_files(list(names)).items()}


def invalid_files(files: list[str]) -> dict[str, list[str]]:
    """The same for saved pages, by their paths. Raises RuntimeError when the tool itself fails."""
    command = [node.find(), "check.mjs", "rules.json", *(str(Path(file).resolve()) for file in files)]
    with tempfile.TemporaryFile() as answer:  # a pipe would be cut off when Node exits
        done = subprocess.run(command, stdout=answer, stderr=subprocess.PIPE, text=True, cwd=TOOL)
        answer.seek(0)
        said = answer.read()
    if done.returncode or not said:
        raise RuntimeError(f"html-validate failed (is `make setup` done?): {done.stderr}")
    return {
        str(Path(page["filePath"]).resolve()): [_said(error) for error in page["messages"]] for page in json.loads(said)
    }


def _said(error: dict) -> str:
    return f"{error['line']}:{error['column']} {error['ruleId']}: {error['message']}"


def hidden(page: str) -> dict[str, list[str]]:
    """What a browser sends of a page's forms without being asked."""
    sent: dict[str, list[str]] = {}
    for field in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = (re.search(rf' {what}="([^"]*)"', field) for what in ("name", "value"))
        if name and value:
            sent.setdefault(name[1], []).append(value[1])
    return sent
