"""What citizens may be asked, and what of their words everybody may read."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from service.words import LANGUAGES

HERE: Final = Path(__file__).parent
CONTACT: Final = re.compile(r"(?<!\d)(?:\+?\d[\s-]?){7,19}\d(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a citizen may be asked, with its answers by key, each in every language."""

    code: str
    conditions: frozenset[str]
    text: dict[str, str]
    values: dict[str, dict[str, str]]


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
