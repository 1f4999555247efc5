"""`python -m benchmarks.report [FILE]`: the figures of build/bench.json as a table in README.md and README.zh.md."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Machine

BLOCK: Final = re.compile(r"(<!-- bench:begin -->\n).*?(<!-- bench:end -->)", re.DOTALL)
PAGES: Final = {Path("README.md"): "en", Path("README.zh.md"): "zh"}
HEADS: Final = {
    "en": ("what", "measured", "target", "kept", "again"),
    "zh": ("项目", "实测", "目标", "达标", "复测命令"),
}
TITLES_ZH: Final = {
    "F1": "每张 1080p 照片的 CPU 时间（从字节到检测框），与同一次运行中不加设置的 ultralytics predict 之比",
    "F1-ap50": "在测试图片上，不加设置的 predict 的平均 AP50 高出的百分点",
    "F1-pixels": "同 F1，但双方使用相同像素",
    "F1-http": "每张照片从 HTTP 到落盘工单及脱敏图片的 CPU 时间",
    "F4": "处理 50 张 1080p 照片后服务的内存",
    "F4-torch": "服务内存中的外来库（torch 等）",
    "F5": "从启动到第一张照片得到 201",
    "F5-ready": "从启动到 /readyz 返回 200",
    "F5-fresh": "在空目录上启动到 /readyz 返回 200（含建库）",
    "F6": "服务安装占用的磁盘",
    "F6-time": "安装用时（全部重新下载）",
}
WORDS: Final = {"en": {True: "yes", False: "no", None: "–"}, "zh": {True: "是", False: "否", None: "–"}}
SIGNS: Final = {"at_most": "≤", "at_least": "≥"}


def table(rows: Sequence[dict[str, Any]], language: str, machine: str) -> str:
    """The figures as Markdown.

    >>> row = {"id": "F4", "title": "memory", "value": 250.0, "unit": "MB", "target": 260, "bound": "at_most"}
    >>> print(table([row | {"met": True, "command": "make bench ONLY=F4"}], "en", "a machine"))
    | what | measured | target | kept | again |
    |---|---|---|---|---|
    | memory | 250 MB | ≤ 260 | yes | `make bench ONLY=F4` |
    <BLANKLINE>
    a machine
    <BLANKLINE>
    """
    lines = [f"| {' | '.join(HEADS[language])} |", "|" + "---|" * len(HEADS[language])]
    lines += [f"| {' | '.join(_cells(row, language))} |" for row in rows]
    return "\n".join(lines) + f"\n\n{machine}\n"


def _cells(row: dict[str, Any], language: str) -> list[str]:
    title = TITLES_ZH.get(row["id"], row["title"]) if language == "zh" else row["title"]
    value = "–" if row["value"] is None else f"{row['value']:g} {row['unit']}"
    target = "–" if row["target"] is None else f"{SIGNS[row['bound']]} {row['target']:g}"
    return [title, value, target, WORDS[language][row["met"]], f"`{row['command']}`"]


def in_block(page: str, body: str) -> str:
    """The page with `body` between its two comments; a page without them stays as it is.

    >>> in_block("a\\n<!-- bench:begin -->\\nold\\n<!-- bench:end -->\\nz", "new\\n")
    'a\\n<!-- bench:begin -->\\nnew\\n<!-- bench:end -->\\nz'
    """

    def filled(found: re.Match[str]) -> str:
        return found[1] + body + found[2]

    return BLOCK.sub(filled, page)


def main(file: Path) -> None:
    """Rewrite the block between the two comments on each page that has one."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    for page, language in PAGES.items():
        text = page.read_text(encoding="utf-8")
        body = table(rows, language, str(Machine.here()))
        page.write_text(in_block(text, body), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/bench.json"))
