"""What `python -m service report` may be told; kept apart, so that other verbs do not load what makes papers."""

import argparse
from datetime import date
from pathlib import Path


def add_flags(parser: argparse.ArgumentParser) -> None:
    """What a paper is about, and where its file goes."""
    parser.add_argument(
        "kind",
        metavar="KIND",
        help="tasks, responsibilities, assessment, ledger_unit, ledger_street, weekly, …",
    )
    parser.add_argument("--format", choices=("pdf", "xlsx"), default="pdf")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--first", type=date.fromisoformat, metavar="DAY", help="default: six days before the last")
    parser.add_argument("--last", type=date.fromisoformat, metavar="DAY", help="default: today")
    for name in ("unit", "condition", "grid", "street"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="ID", help="may be said again")
    parser.add_argument("--campaign", metavar="ID")
    parser.add_argument("--evaluation", metavar="ID", help="of a visit folder")
    parser.add_argument("--number", metavar="NUMBER", help="of a letter that was written: SL-2026-0001")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: the paper's own name, here")
