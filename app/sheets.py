"""Style sheets as browsers receive them: what the sources say for people alone is taken out.

Comments and line breaks go. A token that nothing changes (no mode, no part of a page declares it again) stands as its value
where that is shorter: the sources name colours and sizes, and naming them costs the browser nothing.
"""

import re
from collections import Counter
from pathlib import Path

KEPT = r"""("[^"]*"|'[^']*'|url\([^)]*\))"""  # as it stands
COMMENT = re.compile(rf"{KEPT}|/\*.*?\*/", re.DOTALL)
SPACE = re.compile(rf"{KEPT}|\s*([{{}};,])\s*|(?<=:)\s+")
ROOT = re.compile(r":root\{(.*?)\}", re.DOTALL)
DECLARED = re.compile(r"(--[\w-]+):([^;{}]+);?")
NAMED, USED = re.compile(r"var\((--[\w-]+)"), re.compile(r"var\((--[\w-]+)(?:,[^()]*)?\)")


def served(folder: Path) -> dict[str, bytes]:
    """All sheets of this folder by their names; the first `:root` of portal.css, which every page loads, holds the tokens."""
    texts = {file.name: _squeezed(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.css"))}
    everything = "".join(texts.values())
    declared = Counter(name for name, _ in DECLARED.findall(everything))
    named, used = Counter(NAMED.findall(everything)), Counter(USED.findall(everything))
    tokens = ROOT.search(texts.get("portal.css", ""))
    fixed = {
        name: value
        for name, value in DECLARED.findall(tokens[1] if tokens else "")
        if declared[name] == 1
        and named[name] == used[name]
        and "var(" not in value
        and _is_shorter(name, value, used[name])
    }
    return {name: _with_values(text, fixed).encode() for name, text in texts.items()}


def _is_shorter(name: str, value: str, times: int) -> bool:
    """Whether the value takes less room at all these places than its name there and its declaration."""
    return times * len(value) < times * len(f"var({name})") + len(f"{name}:{value};")


def _squeezed(text: str) -> str:
    return SPACE.sub(r"\1\2", COMMENT.sub(r"\1", text)).replace(";}", "}").strip()


def _with_values(text: str, fixed: dict[str, str]) -> str:
    """The sheet with these tokens' values in their places, and without their declarations."""
    text = USED.sub(lambda use: fixed.get(use[1], use[0]), text)
    return DECLARED.sub(lambda one: "" if one[1] in fixed else one[0], text).replace(";}", "}")
