"""What is wrong with a document, each with its line; where each key of a TOML text stands."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Path = tuple[str | int, ...]

PROBLEMS: Final = (
    "syntax",
    "unknown_key",
    "missing",
    "wrong_type",
    "out_of_bounds",
    "unknown_value",
    "backwards",
    "overlap",
    "hole",
    "twice",
    "conflict",
)

_HEADER: Final = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_AT_LINE: Final = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document.

    Attributes:
        line: in the text, from 1.
        key: dotted, with the number of a row in brackets, `permits[0].windows`.
        problem: one of PROBLEMS.
        value: what stands there, shortened.
        wanted: what may stand there.
    """

    line: int
    key: str
    problem: str
    value: str | None = None
    wanted: str | None = None


def nests_deeper(told: object, deepest: int) -> bool:
    """Whether a document holds more tables and lists inside each other than that; nobody writes so, and all who walk
    through it would have to be ready for it.
    """
    level: list[object] = [told]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def syntax_problem(error: Exception, text: str) -> Problem:
    """What a text that is no TOML has wrong, at its line, the last one where it ends too early."""
    found = _AT_LINE.search(str(error))
    line = int(found.group(1)) if found else max(1, len(text.splitlines()))
    return Problem(line, "", "syntax", wanted=_AT_LINE.sub("", str(error)).split(" (")[0])


def shown(path: Path) -> str:
    """A path as people read it.

    >>> shown(("permits", 0, "name"))
    'permits[0].name'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def key_lines(text: str) -> Mapping[Path, int]:
    """The line of every key and header of a TOML text, from 1; inside a value that spans lines, that of its key.

    >>> key_lines("a = 1\\n[b]\\nc.d = 2\\n[[e]]\\nf = 3\\n[[e]]\\nf = 4")[("e", 1, "f")]
    7
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    rows: dict[Path, int] = {}
    for number, line in _outer_lines(text):
        if header := _HEADER.match(line):
            table = _opened(_parts(header.group(2)), rows, is_row=header.group(1) == "[[")
            lines[table] = number
        elif key := _KEY.match(line):
            lines[(*table, *_parts(key.group(1)))] = number
    return lines


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of a path, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _opened(path: Path, rows: dict[Path, int], *, is_row: bool) -> Path:
    """The path of a header, with the number of the row after each name of an array of tables."""
    whole: Path = ()
    for depth, part in enumerate(path):
        whole = (*whole, part)
        if depth == len(path) - 1 and is_row:
            rows[whole] = rows.get(whole, -1) + 1
        if whole in rows:
            whole = (*whole, rows[whole])
    return whole


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _outer_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin outside every bracket and every string of several lines."""
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        is_outer = depth == 0 and not quote
        if is_outer:
            yield number, line
        if is_outer and _HEADER.match(line):
            continue
        depth, quote = _left_open(line, depth, quote)


def _left_open(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets and which long quote are open at the end of a line."""
    at = 0
    while at < len(line):
        three = line[at : at + 3]
        if quote:
            if line.startswith(quote, at):
                at += len(quote)
                quote = ""
                continue
            at += 2 if line[at] == "\\" and quote[0] == '"' else 1
            continue
        if line[at] == "#":
            break
        if three in ('"""', "'''"):
            quote = three
        elif line[at] in "\"'":
            quote = line[at]
        depth += (line[at] in "[{") - (line[at] in "]}")
        at += len(quote) or 1
    return depth, quote if len(quote) == 3 else ""
