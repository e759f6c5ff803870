"""The rules of the house that need no running application; prints each breach and exits 1.

- No file names the host of a package registry: the person who installs decides where packages come from.
- No file names a path of the machine that it was written on.
- No template holds what the content policy forbids (inline style, script or handler) or passes text on unescaped.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Written in two parts, so that this file does not break its own rule.
HOSTS = [
    ("py", "pi.org"),
    ("python", "hosted.org"),
    ("npm", "js.org"),
    ("npm", "js.com"),
    ("yarn", "pkg.com"),
    ("npm", "mirror.com"),
]
PLACES = [("/wo", "rk/main"), ("/wo", "rk/shared"), ("/ro", "ot/")]
EVERYWHERE = {"".join(parts): "a registry's host" for parts in HOSTS} | {
    "".join(parts): "a path of one machine" for parts in PLACES
}
TEMPLATES = {
    r"\sstyle\s*=": "an inline style",
    r"<script(?![^>]*\ssrc=)": "a script without src",
    r"\son[a-z]+\s*=": "an inline handler",
    r"\bhx-on\b": "a handler that needs eval",
    r"\|\s*safe\b": "text that is not escaped",
}


def files() -> list[Path]:
    """Every file that is, or would be, part of the repository."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def breaches(file: Path) -> list[str]:
    """What is wrong with this file, as `path:line: what`."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    rules = {re.escape(word): what for word, what in EVERYWHERE.items()}
    if "templates" in file.parts and file.suffix == ".html":
        rules |= TEMPLATES
        text = re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    found = []
    for rule, what in rules.items():
        for match in re.finditer(rule, text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{file.relative_to(ROOT)}:{line}: {what}: {match[0].strip()}")
    return found


def main() -> int:
    wrong = [breach for file in files() for breach in breaches(file)]
    print("\n".join(wrong) or "The house is in order.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
