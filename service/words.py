"""Words for people that do not come out of a page: the same texts as the pages', in both languages."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("zh", "en")
TEXTS: Final = Path(__file__).parent / "web" / "i18n"


def say(language: str, name: str, **facts: object) -> str:
    """The text of that name, with its facts put in; the name itself where there is no text."""
    found: Any = _texts(language)
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found.format(**facts) if isinstance(found, str) else name


def language_of(asked: str | None, accepted: str | None) -> str:
    """The language to answer in: the one asked for, else the browser's first, else Chinese.

    >>> language_of(None, "en-GB,en;q=0.9"), language_of("zh", "en"), language_of(None, None)
    ('en', 'zh', 'zh')
    """
    if asked in LANGUAGES:
        return asked or LANGUAGES[0]
    first = (accepted or "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


@cache
def _texts(language: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))
    return read
