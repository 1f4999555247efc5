"""What citizens read, out of the same files as the pages; and what of their words everybody may read."""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("zh", "en")
HERE: Final = Path(__file__).parent
TEXTS: Final = HERE.parent / "web" / "i18n"
CONTACT: Final = re.compile(r"(?<!\d)(?:\+?\d[\s-]?){7,19}\d(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a citizen may be asked, with its answers by key, each in every language."""

    code: str
    conditions: frozenset[str]
    text: dict[str, str]
    values: dict[str, dict[str, str]]


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


def without_contacts(text: str) -> str:
    """A citizen's words without telephone numbers, identity numbers and addresses of mail.

    >>> without_contacts("垃圾堆在 12 号门口，电话 139-1234-5678，a.b@mail.example")
    '垃圾堆在 12 号门口，电话 ***，***'
    """
    return CONTACT.sub(HIDDEN, text)


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order in which they are asked."""
    rows = tomllib.loads((HERE / "questions.toml").read_text(encoding="utf-8"))["questions"]
    return tuple(
        Question(
            row["code"],
            frozenset(row["conditions"]),
            row["text"],
            {value["key"]: {language: value[language] for language in LANGUAGES} for value in row["values"]},
        )
        for row in rows
    )


def questions_of(condition: str) -> list[Question]:
    """What is asked about one condition."""
    return [question for question in questions() if condition in question.conditions]


@cache
def _texts(language: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))
    return read
