"""Small things about Chinese text: pinyin initials, masks, safe Markdown."""

import re
import unicodedata
from collections.abc import Iterable

from markupsafe import Markup

PHONE = re.compile(r"^(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$", re.ASCII)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKSUM = "10X98765432"


def initials(name: str) -> str:
    """The first letters of a name's pinyin, lower case: 王芳 → wf. Rare characters stay out."""
    from pypinyin import Style, lazy_pinyin  # 0.4 s cold: imported where it is used

    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return "".join(letters).lower()[:60]


def squeeze(text: str) -> str:
    """Trim, and drop control characters and invisible direction marks."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", text).strip()


def one_line(text: str) -> str:
    """The same, on one line."""
    return squeeze(text).replace("\n", " ").replace("\r", "")


def number_of(text: str | None) -> int | None:
    """The number of a row as an address or a form carries it; None for anything that no row can have."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def numbers_of(texts: Iterable[str]) -> set[int]:
    """The numbers of rows among what a form's boxes send."""
    return {number for text in texts if (number := number_of(text)) is not None}


def plain_phone(text: str) -> str:
    """A phone number with the spaces, hyphens, +86 and full-width digits that people type taken out."""
    digits = re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(?:\+?86-?)(?=1)", "", digits)
    return digits.replace("-", "") if digits.startswith("1") else digits


def is_phone(text: str) -> bool:
    """Whether this is a mainland mobile number or a landline with its area code."""
    return bool(PHONE.match(text))


def is_person_name(name: str) -> bool:
    """Whether this can be a person's name: 2 to 40 Chinese characters or letters, with · and spaces inside."""
    return 2 <= len(name) <= 40 and all(c.isalpha() or c in "·•． .'’-" for c in name) and name[:1].isalpha()


def plain_card(text: str) -> str:
    """An ID-card number as it is kept: half-width digits, no spaces, a capital X."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def masked_phone(phone: str) -> str:
    """138****0001; a landline keeps its last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-4:]}"


GONE = "已注销用户"  # the name of whoever closed the account


def public_name(name: str) -> str:
    """How the portal names a person who has not agreed to more: 张同志."""
    if name == GONE:
        return GONE
    double = ("欧阳", "司马", "诸葛", "上官", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒")
    return (name[:2] if name.startswith(double) and len(name) > 2 else name[:1]) + "同志"


def valid_id_card(number: str) -> bool:
    """Whether an 18-character ID-card number has a real birthday and the right check character."""
    from datetime import date

    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return born.year >= 1900 and CHECKSUM[total % 11] == number[17]


def markdown(source: str) -> str:
    """User Markdown as safe HTML: markdown-it-py, then nh3; headings start below the page's own."""
    import nh3
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").render(source)
    html = re.sub(r"<(/?)h[1-6]>", r"<\1h2>", html)
    tags = {"p", "br", "h2", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "a", "code", "pre"}
    tags |= {"table", "thead", "tbody", "tr", "th", "td"}
    return nh3.clean(
        html, tags=tags, attributes={"a": {"href"}}, url_schemes={"http", "https", "tel"}, link_rel="nofollow noopener"
    )


def as_html(source: str) -> Markup:
    """The same for templates: already clean, not to be escaped again."""
    return Markup(markdown(source))  # noqa: S704 - nh3 has cleaned it


def excerpt(text: str, words: str, size: int = 90) -> str:
    """About `size` characters of a text, from shortly before the first of the words that stands in it; one line."""
    plain = " ".join(re.sub(r"[#*`>|]+|-{3,}", " ", text).split())
    at = [place for word in words.split() if (place := plain.lower().find(word.lower())) >= 0]
    start = max(0, min(at, default=0) - size // 4) if len(plain) > size else 0
    end = start + size
    return ("…" if start else "") + plain[start:end] + ("…" if end < len(plain) else "")


def marked(text: str, words: str) -> Markup:
    """The text, escaped, with every one of the words in <mark>, in whatever case."""
    wanted = sorted({re.escape(word) for word in words.split()}, key=len, reverse=True)
    parts = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE) if wanted else [text]
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if n % 2 else part for n, part in enumerate(parts))
