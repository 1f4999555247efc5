"""Writes the pages of `docs/model` from the card and the frozen test, so that they never say anything else."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from datasets import labels
from datasets.records import Manifest
from datasets.sources import open_source
from datasets.stats import stats
from detector.weights import Card
from training.evaluate import Report, Score
from training.verdicts import Boxed, Verdict

HEAD: Final = "| kind | pictures | without it | boxes | AP50 | AP50-95 | precision | recall | false alarms per 100 |"
RULE: Final = "|---|--:|--:|--:|--:|--:|--:|--:|--:|"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages are made of.

    Attributes:
        card: as opened.
        text: the card's TOML, which says more than the detector reads.
        manifest: the whole data folder.
        report: on the frozen test.
        verdicts: of the pictures of the contact sheet, in order.
        sentences: by file, what a person saw on looking at the misses.
    """

    card: Card
    text: Mapping[str, Any]
    manifest: Manifest
    report: Report
    verdicts: Sequence[Verdict]
    sentences: Mapping[str, str]


def read_sentences(path: Path) -> Mapping[str, str]:
    """Sentences by file from a TOML page; none where there is no page."""
    if not path.is_file():
        return {}
    said: Mapping[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["sentences"]
    return said


def card_page(facts: Facts) -> str:
    """`docs/model/card.md`."""
    card = facts.card
    parts = [
        f"# Model card: {card.name} {card.version}",
        f"Written by `python -m training document`; do not edit. Weights SHA-256 `{card.sha256_of('onnxruntime')}`.",
        _about(facts),
        "## What it was trained on\n\n" + _sources(facts.manifest),
        "## On the frozen test\n\n" + _per_kind(facts.report.per_kind),
        "Scored only on pictures that are labelled for the kind. AP is COCO's (101 recalls, 100 boxes a picture, from "
        "score 0.001). Precision, recall and false alarms are at the shipped thresholds, which were chosen for the "
        "best F1 with at most five false alarms per hundred pictures on groups held out of training: "
        + ", ".join(f"{kind} {score:.2f}" for kind, score in card.thresholds.items())
        + ".",
        "### By source\n\n" + "\n\n".join(_source_table(name, scores) for name, scores in _named(facts.report)),
        "## What could not be measured\n\n" + _unmeasured(facts.report),
        "## Again\n\n" + _commands(card),
        _chinese(facts),
    ]
    return "\n\n".join(parts) + "\n"


def _about(facts: Facts) -> str:
    card, text = facts.card, facts.text
    return (
        f"YOLO26n, its one-to-many head with suppression inside the file, {len(card.kinds)} kinds, longest side "
        f"{max(card.input)} px, fine-tuned from COCO weights on two CPU cores by `training/recipes/{card.name}.toml` "
        f"(recipe `{card.recipe_sha256[:12]}`, manifest `{card.manifest_sha256[:12]}`). The class loss is silent for "
        f"kinds that a picture is not labelled for. Licence {card.licence}. {text.get('note', '')}".strip()
    )


def _sources(manifest: Manifest) -> str:
    rows = ["| source | train | test | left out | licence | what |", "|---|--:|--:|--:|---|---|"]
    for name, roles in stats(manifest).items():
        counts = [roles.get(role, {}).get("pictures", 0) for role in ("train", "test", "train_near_test")]
        source = open_source(name)
        rows.append(f"| {name} | {counts[0]} | {counts[1]} | {counts[2]} | {source.licence} | {source.title} |")
    checked = len(labels.read().absent)
    told = (
        "`train_near_test` (left out) looks like test pictures. Part of train is held out, too. "
        f"{checked} pictures of Chinese streets were looked at once more and have neither paper ads nor spray marks "
        "(`datasets/labels`): without them the model took bags and bins for spray marks."
    )
    return "\n".join([*rows, "", told])


def _per_kind(scores: Mapping[str, Score]) -> str:
    return "\n".join([HEAD, RULE, *(_row(kind, score) for kind, score in scores.items())])


def _row(kind: str, score: Score) -> str:
    star = "" if score.measurable else " \\*"
    values = [score.ap50, score.ap50_95, score.precision, score.recall]
    numbers = [str(score.pictures), str(score.negatives), str(score.boxes), *map(_number, values)]
    alarms = "–" if score.false_alarms_per_100 is None else f"{score.false_alarms_per_100:.1f}"
    return f"| {kind}{star} | " + " | ".join([*numbers, alarms]) + " |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _named(report: Report) -> list[tuple[str, Mapping[str, Score]]]:
    return [(name, scores) for name, scores in report.per_source.items() if any(s.pictures for s in scores.values())]


def _source_table(name: str, scores: Mapping[str, Score]) -> str:
    return f"**{name}**\n\n" + _per_kind({kind: score for kind, score in scores.items() if score.pictures})


def _unmeasured(report: Report) -> str:
    lines = [
        f"- **{kind}** \\*: {score.boxes} boxes in the test, fewer than 20: its numbers say nothing yet."
        for kind, score in report.per_kind.items()
        if not score.measurable
    ]
    lines += [
        f"- **{kind}**: every test picture that is labelled for it has one, so its false alarms are not measured."
        for kind, score in report.per_kind.items()
        if score.boxes and not score.negatives
    ]
    lines += [
        "- Other cities, cameras and seasons, night and rain: the test comes from the same sources as the training.",
        "- Pictures in their true proportions from the Chinese work cameras: the source stretched them to squares.",
    ]
    return "\n".join(lines)


def _commands(card: Card) -> str:
    return (
        "```\n"
        f"python -m training train training/recipes/{card.name}.toml\n"
        f"python -m training export training/recipes/{card.name}.toml --inputs 416 512 640\n"
        "python -m training evaluate --data $STREETWARDEN_SHARED/data/street "
        f"--weights weights/{card.name}.toml --json\n"
        f"python -m training promote weights/{card.name}.toml\n"
        "python -m training document\n"
        "```\n\n"
        "Random order and augmentation depend on the seed alone; bf16 sums depend on the number of threads, so a "
        "second run gives close, not equal, weights. Single mistakes: [errors.md](errors.md)."
    )


def _chinese(facts: Facts) -> str:
    measured = [f"{kind} {_number(score.ap50)}" for kind, score in facts.report.per_kind.items() if score.measurable]
    return (
        "## 中文摘要\n\n"
        f"本模型为 YOLO26n（一对多检测头，NMS 已包含在模型文件内），共 {len(facts.card.kinds)} 类，"
        f"输入最长边 {max(facts.card.input)} 像素，由 COCO 权重在两核 CPU 上微调。"
        "每张图只对其已完整标注的类别计算分类损失。"
        f"固定测试集 AP50：{'、'.join(measured)}。"
        "带 \\* 的类别测试框少于 20 个，数值不作数。阈值在训练集留出的分组上选取，未使用测试集。"
        "城市、相机、季节、夜间和雨天的差异尚未测量。"
    )


def errors_page(facts: Facts) -> str:
    """`docs/model/errors.md`: the pictures of the contact sheet, one row each, and a sentence for each miss."""
    head = [
        "# Twenty-four random test pictures",
        "Written by `python -m training document`; do not edit. The licences do not let us show the pictures again, so "
        "the sheet has their boxes alone: grey is labelled and found, orange missed, green a right box, red a false "
        "one. The same sheet with pixels (faces blurred) comes from the same command under `build/`.",
        "![boxes without pixels](contact_sheet.png)",
        "| # | picture | found | missed | false | seen by eye |",
        "|--:|---|---|---|---|---|",
    ]
    rows = [_error_row(number, verdict, facts) for number, verdict in enumerate(facts.verdicts, 1)]
    return "\n\n".join(head[:3]) + "\n\n" + "\n".join([*head[3:], *rows]) + "\n\n" + _totals(facts.verdicts) + "\n"


def _error_row(number: int, verdict: Verdict, facts: Facts) -> str:
    origin = next(sample.origin for sample in facts.manifest if sample.file == verdict.file)
    link = f"https://github.com/{origin.repository}/blob/{origin.commit}/{origin.path}".replace(" ", "%20")
    name = f"[{Path(verdict.file).stem}]({link.replace('(', '%28').replace(')', '%29')})"
    counts = [_counted(boxes) for boxes in (verdict.found, verdict.missed, verdict.false)]
    return f"| {number} | {name} | " + " | ".join([*counts, facts.sentences.get(verdict.file, "")]) + " |"


def _counted(boxes: Sequence[Boxed]) -> str:
    kinds = [box.kind for box in boxes]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "–"


def _totals(verdicts: Sequence[Verdict]) -> str:
    found, missed, false = (sum(len(getattr(v, name)) for v in verdicts) for name in ("found", "missed", "false"))
    return f"Together: {found} found, {missed} missed, {false} false."
