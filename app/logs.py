"""What may stand in a log: never a query string, a body, a number of a person or what somebody wrote.

Every log record of the process passes here, whichever library writes it. Messages are ours and in English; what people
type is Chinese, numbers, or behind a question mark, and all three are taken out, also of tracebacks and of what a
database says about a row.
"""

import logging
import re
import traceback
from typing import Any

HIDDEN = "…"
PATTERNS = (
    re.compile(r"(?m)(?<=^DETAIL:).*|(?<=^CONTEXT:).*"),  # PostgreSQL quotes the row
    re.compile(r"(?s)\[parameters: .*?\](?=\n|$)"),
    re.compile(r"(?<=[\w/%.~-])\?[^\s\"'<>]+"),  # query strings
    re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"),
    re.compile(r"(?<![0-9a-fA-F])[0-9]{11,18}[Xx]?(?![0-9a-fA-F])"),  # phones, ID numbers
    re.compile(r"(?:%[0-9A-Fa-f]{2}){3,}"),  # the same, encoded in an address
    re.compile(r"(?:\\u[0-9a-f]{4}|\\x[0-9a-f]{2}){2,}"),  # the same, as Python shows bytes and surrogates
)
_plain = logging.getLogRecordFactory()


def discreet(text: str) -> str:
    """The text without what people typed."""
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record that says nothing about anybody."""
    made = _plain(*args, **kwargs)
    try:
        made.msg, made.args = discreet(made.getMessage()), ()
    except (TypeError, ValueError):  # a message that does not fit its arguments: logging reports that itself
        made.args = ()
    if made.exc_info and made.exc_info[0]:
        made.exc_text = discreet("".join(traceback.format_exception(*made.exc_info)).rstrip())
    return made


def init() -> None:
    """From now on every record of this process is discreet; safe to repeat."""
    logging.setLogRecordFactory(_record)
