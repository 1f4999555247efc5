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
        tree = ast.parse(module.read_text(encoding="utf-8"))
        named = {name: value for one in ast.walk(tree) for name, value in namings(one)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and any(said(one) in TOLD_IN_PROBLEMS for one in call.args):
                given = [*call.args[3:], *(more.value for more in call.keywords if more.arg == "wanted")]
                phrases = (named.get(one.id, one) if isinstance(one, ast.Name) else one for one in given)
                yield from filter(None, map(said, phrases))


def namings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives to a phrase."""
    if isinstance(node, ast.Assign) and said(node.value):
        yield from ((one.id, node.value) for one in node.targets if isinstance(one, ast.Name))


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
