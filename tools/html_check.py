"""Check saved pages for valid HTML: `python tools/html_check.py FOLDER`; prints the errors, exits 1 if any.

With Java the Nu HTML Checker judges (fetched by npm into tools/vnu), else html-validate, as in the tests.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.html import invalid_files

VNU = ROOT / "tools/vnu"
HTMX = r".*Attribute “(hx-[^”]*)” (not allowed on element|is not serializable).*"


def nu_errors(pages: list[str]) -> dict[str, list[str]]:
    """The Nu HTML Checker's errors, by page; what it says of htmx's attributes is left out."""
    jar = VNU / "node_modules/vnu-jar/build/dist/vnu.jar"
    if not jar.exists():
        subprocess.run(["sh", "../npm.sh", "ci", "--ignore-scripts", "--loglevel=error"], cwd=VNU, check=True)
    command = ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", "--filterpattern", HTMX, *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    errors: dict[str, list[str]] = {}
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] == "error":
            said = f"{message.get('lastLine', '-')}:{message.get('lastColumn', '-')} {message['message']}"
            errors.setdefault(message["url"].removeprefix("file:"), []).append(said)
    return errors


def main(folder: Path) -> int:
    pages = [str(page) for page in sorted(folder.resolve().rglob("*.html"))]
    if not pages:
        print(f"No .html files below {folder}.")
        return 1
    errors = nu_errors(pages) if shutil.which("java") else invalid_files(pages)
    for page, messages in errors.items():
        print("\n".join(f"{page}:{message}" for message in messages))
    print(f"{len(pages)} pages, {len(errors)} with errors")
    return 1 if errors else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
