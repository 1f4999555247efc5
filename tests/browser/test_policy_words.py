"""What a policy wants is named in English by the service; the page has a sentence for each turn of phrase."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[2] / "service"
TOLD_IN_PROBLEMS = ("wrong_type", "out_of_bounds", "backwards", "hole", "conflict")
NO_LETTERS = re.compile("[^a-z]+")


def wants() -> Iterator[str]:
    """Every phrase that a problem of a policy is given, a figure for whatever is filled in."""
    for module in sorted((SERVICE / "domain" / "policy").glob("*.py")):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and any(said(one) in TOLD_IN_PROBLEMS for one in call.args):
                given = [*call.args[3:], *(more.value for more in call.keywords if more.arg == "wanted")]
                yield from (phrase for phrase in map(said, given) if phrase)


def said(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_turn_of_phrase_has_a_sentence(lang: str) -> None:
    sentences = json.loads((SERVICE / "web" / "i18n" / f"{lang}.json").read_text(encoding="utf-8"))["policy"]["wanted"]
    turns = {NO_LETTERS.sub("_", phrase.lower()).strip("_") for phrase in wants()}
    assert turns, "the check that checks nothing"
    assert turns - set(sentences) == set()
