"""The words of papers in zh and en; a word that is missing is an error, never a blank.

They lie in `texts/*.toml`, but for those of states and resolutions, which papers share with the pages.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from detector.catalog import Name

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
TEXTS: Final = Path(__file__).with_name("texts")
PAGES: Final = Path(__file__).parents[1] / "web" / "i18n"
SHARED: Final = ("states", "resolutions", "roles")


class Words:
    """The words of one language, by dotted keys."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **facts: object) -> str:
        """The words of a key, its `{places}` filled with facts; KeyError if there are none.

        >>> words_of("en")("indicators.overdue.name"), words_of("zh")("indicators.overdue.name")
        ('Overdue', '超期数')
        """
        return self._texts[key].format(**facts) if facts else self._texts[key]

    def name(self, name: Name) -> str:
        """Which of two names this language reads."""
        return name.zh if self.language == "zh" else name.en

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._texts)


@cache
def words_of(language: Language) -> Words:
    """The words of a language."""
    told = tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    pages = json.loads((PAGES / f"{language}.json").read_text(encoding="utf-8"))
    return Words(language, dict(_flat(told | {name: pages[name] for name in SHARED})))


def both(key: str) -> Name:
    """The words of a key in both languages."""
    return Name(en=words_of("en")(key), zh=words_of("zh")(key))


def _flat(told: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in told.items():
        name = f"{prefix}{key}"
        rows += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return rows
