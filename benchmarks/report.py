"""`python -m benchmarks.report`: the figures of build/bench.json and build/faults.json as tables in the documents.

Raw rounds are copied to docs/measured/. A page gets a table between `<!-- bench:begin -->` and `<!-- bench:end -->`,
and the same with `faults`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.chart import bars
from benchmarks.plots import city, servers
from benchmarks.soaking import soak
from benchmarks.stacked import ways
from benchmarks.titles import TITLES_ZH, UNITS_ZH

BUILD: Final = Path("build")
KEPT: Final = Path("docs/measured")
IMAGES: Final = Path("docs/images")
SERVED: Final = ("F2-litserve", "F2-bentoml", "F2-ray", "F2-int8-ray", "F2-openvino-ray")
"""Each brings the rounds of its own two sides."""

ALT: Final = {
    "cpu-over-http": {
        "en": "CPU time of four servers for one photo, ours by each engine",
        "zh": "四种服务（我方各引擎）处理一张照片的 CPU 时间",
    },
    "one-photo": {"en": "One photo from its first byte to its answer", "zh": "一张照片从首字节到应答"},
    "city": {"en": "How long a look takes as cameras are added", "zh": "摄像头增多时一次识别的用时"},
    "soak": {"en": "Memory, descriptors and threads in the long run", "zh": "长时间运行中的内存、描述符与线程"},
}
SHOWN_ON: Final = {
    "cpu-over-http": {Path("README.md"): "en", Path("README.zh.md"): "zh"},
    "one-photo": {Path("docs/explain/one-photo.md"): "en", Path("docs/explain/one-photo.zh.md"): "zh"},
    "city": {Path("docs/howto/scale.md"): "en", Path("docs/howto/scale.zh.md"): "zh"},
    "soak": {Path("docs/howto/scale.md"): "en", Path("docs/howto/scale.zh.md"): "zh"},
}
LISTS: Final = ("bench", "faults")
PAGES: Final = {
    Path("README.md"): "en",
    Path("README.zh.md"): "zh",
    Path("docs/measured.md"): "en",
    Path("docs/measured.zh.md"): "zh",
}
HEADS: Final = {
    "en": ("what", "measured", "target", "kept", "notes", "again"),
    "zh": ("项目", "实测", "目标", "达标", "说明", "复测命令"),
}
SHORT: Final = 5
ALSO_SHORT: Final = ("F1-pixels",)
"""Without it, F1 would say less than the truth."""

MEASURED_ON: Final = {"en": "Measured on {}.", "zh": "实测机器：{}。"}
COMMA: Final = {"en": ", ", "zh": "、"}
SOME_ON: Final = {"en": "{} on {}.", "zh": "{}：实测机器 {}。"}
"""Where rows are from several computers: ratios compare, milliseconds and rates do not."""

WORDS: Final = {"en": {True: "yes", False: "**no**", None: "–"}, "zh": {True: "是", False: "**否**", None: "–"}}
SIGNS: Final = {"at_most": "≤", "at_least": "≥"}


def table(rows: Sequence[dict[str, Any]], language: str, *, short: bool = False) -> str:
    """The figures as Markdown; short: without notes and most of those that have no target.

    >>> row = {"id": "F4", "title": "memory", "value": 250.0, "unit": "MB", "target": 260, "bound": "at_most"}
    >>> row |= {"met": True, "command": "make bench ONLY=F4", "note": "", "machine": "a computer"}
    >>> print(table([row], "en"))
    |  | what | measured | target | kept | notes | again |
    | --- | --- | --- | --- | --- | --- | --- |
    | F4 | memory | 250 MB | ≤ 260 | yes |  | `make bench ONLY=F4` |
    <BLANKLINE>
    Measured on a computer.
    <BLANKLINE>
    """
    shown = [row for row in rows if not short or row["target"] is not None or row["id"] in ALSO_SHORT]
    cells = [["", *HEADS[language]], ["---"] * 7, *(_cells(row, language) for row in shown)]
    lines = ["| " + " | ".join(line[:SHORT] if short else line) + " |" for line in cells]
    return "\n".join([*lines, "", *_machines(shown, language), ""])


def _machines(rows: Sequence[dict[str, Any]], language: str) -> list[str]:
    by_machine: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_machine[row["machine"]].append(row["id"])
    if len(by_machine) == 1:
        return [MEASURED_ON[language].format(*by_machine)]
    joint = COMMA[language]
    return [f"- {SOME_ON[language].format(joint.join(ids), machine)}" for machine, ids in sorted(by_machine.items())]


def _cells(row: dict[str, Any], language: str) -> list[str]:
    chinese = language == "zh"
    title = TITLES_ZH.get(row["id"], row["title"]) if chinese else row["title"]
    unit = UNITS_ZH.get(row["unit"], row["unit"]) if chinese else row["unit"]
    value = "–" if row["value"] is None else f"{row['value']:g} {unit}"
    target = "–" if row["target"] is None else f"{SIGNS[row['bound']]} {row['target']:g}"
    note = row["note"].replace("|", "/")
    return [row["id"], title, value, target, WORDS[language][row["met"]], note, f"`{row['command']}`"]


def in_block(page: str, name: str, body: str) -> str:
    r"""The page with `body` between its two comments; a page without them stays as it is.

    >>> in_block("a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nz", "bench", "new\n")
    'a\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nz'
    """
    block = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)

    def filled(found: re.Match[str]) -> str:
        return found[1] + body + found[2]

    return block.sub(filled, page)


def main() -> None:
    """Keep the raw rounds that were measured, and rewrite the tables on every page from what is kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in LISTS:
        measured, kept = BUILD / f"{name}.json", KEPT / f"{name}.json"
        if measured.is_file():
            kept.write_text(measured.read_text(encoding="utf-8"), encoding="utf-8")
        if not kept.is_file():
            continue
        rows = json.loads(kept.read_text(encoding="utf-8"))
        for page, language in PAGES.items():
            text = page.read_text(encoding="utf-8")
            page.write_text(
                in_block(text, name, table(rows, language, short=page.name.startswith("README"))), encoding="utf-8"
            )
        _draw(rows)


def _draw(rows: Sequence[dict[str, Any]]) -> None:
    """The pictures of those figures that were measured."""
    by_id = {row["id"]: row for row in rows if row["rounds"]}
    served = [by_id[name] for name in SERVED if name in by_id]
    drawn = {
        "cpu-per-photo": bars(by_id["F1"]["rounds"]) if "F1" in by_id else None,
        "cpu-over-http": servers(served) if served else None,
        "one-photo": ways(by_id["F1-profile"]["rounds"]) if "F1-profile" in by_id else None,
        "city": city(by_id["F15"]["rounds"]) if "F15" in by_id else None,
        "soak": soak(by_id["K5"]["rounds"]) if "K5" in by_id and "least_mb" in by_id["K5"]["rounds"][0] else None,
    }
    for name, picture in drawn.items():
        if picture is not None:
            (IMAGES / f"{name}.svg").write_text(picture, encoding="utf-8")
            _hang(name)


def _hang(name: str) -> None:
    """Show a picture on the pages that have a place for it, between `<!-- NAME:begin -->` and `<!-- NAME:end -->`."""
    for page, language in SHOWN_ON.get(name, {}).items():
        text = page.read_text(encoding="utf-8")
        way = "docs/images" if page.parent == Path() else "../images"
        page.write_text(in_block(text, name, f"![{ALT[name][language]}]({way}/{name}.svg)\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
