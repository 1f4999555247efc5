"""Writes the model card, in two languages, from the card and the frozen test, so that it never says anything else."""

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from datasets import labels
from datasets.records import Manifest
from datasets.sources import open_source
from datasets.stats import stats
from detector.weights import Card
from training.evaluate import Report, Score
from training.failures import Failures
from training.verdicts import Verdict

WORDS: Final = Path(__file__).parent / "words"
LANGUAGES: Final[Mapping[str, str]] = {"en": "card.md", "zh": "card.zh.md"}
ENOUGH_NEGATIVES: Final = 100
ALARMS_AIMED_AT: Final = 3.0
SMALL_GAP: Final = 0.3
CONFUSED: Final = 0.25

Words = Mapping[str, str]


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
        architecture: of the network.
        frozen: name of the test list, or None.
        single: pictures of kinds with few boxes, see `few`.
        failures: of each kind, the worst first.
        seen: by language and kind, what a person saw on the failure sheets.
        seen_on: SHA-256 of the weights that they were seen on.
    """

    card: Card
    text: Mapping[str, Any]
    manifest: Manifest
    report: Report
    verdicts: Sequence[Verdict]
    sentences: Mapping[str, str]
    architecture: str = "YOLO26n"
    frozen: str | None = None
    single: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    failures: Mapping[str, Failures] = field(default_factory=dict)
    seen: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    seen_on: str = ""


def words(language: str) -> Words:
    """The sentences of one language."""
    said: Words = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    return said


def read_seen(path: Path) -> Mapping[str, Any]:
    """What people saw: `weights`, `[sentences]` by file, `[kinds.en]`, `[kinds.zh]`; nothing where there is no page."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def architecture_of(card: Card) -> str:
    """As the header of the safetensors says: eight bytes of length, then JSON.

    >>> _pretty("yolo26n-p2.yaml")
    'YOLO26n-p2'
    """
    raw = card.read("safetensors")
    head = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    return _pretty(head["__metadata__"]["architecture"])


def _pretty(file: str) -> str:
    return file.removesuffix(".yaml").replace("yolo", "YOLO")


def card_page(facts: Facts, language: str = "en") -> str:
    """The whole page in one language."""
    say = words(language)
    sections: tuple[Callable[[Facts, Words], Iterator[str]], ...] = (
        _head, _trained, _test, _sizes, _sources, _single, _rendered, _kfold, _inputs, _fails, _promotion, _anchors,
        _again,
    )  # fmt: skip
    return "\n\n".join(part for section in sections for part in section(facts, say)) + "\n"


def _head(facts: Facts, say: Words) -> Iterator[str]:
    card = facts.card
    yield say["title"].format(name=card.name, version=card.version)
    yield say["written"].format(sha256=card.sha256_of("onnxruntime"))
    yield (
        say["about"]
        .format(
            architecture=facts.architecture,
            kinds=len(card.kinds),
            side=max(card.input),
            name=card.name,
            recipe=card.recipe_sha256[:12],
            manifest=card.manifest_sha256[:12],
            licence=card.licence,
            note=facts.text.get("note", ""),
        )
        .strip()
    )


def _trained(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_trained"]
    rows = [say["trained_head"], "|---|--:|--:|--:|---|---|"]
    for name, roles in stats(facts.manifest).items():
        counts = [roles.get(role, {}).get("pictures", 0) for role in ("train", "test", "train_near_test")]
        source = open_source(name)
        rows.append(f"| {name} | {counts[0]} | {counts[1]} | {counts[2]} | {source.licence} | {source.title} |")
    yield "\n".join(rows)
    parts = facts.text.get("sources", [])
    if parts:
        told = [f"| {one['folder']} | {one['part']} | {one['pictures']} |" for one in parts]
        yield "\n".join([say["parts_head"], "|---|---|--:|", *told])
    yield say["trained"].format(labelled=len(labels.read()))


def _test(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_test"]
    pictures = len(facts.manifest.role("test"))
    yield say["frozen"].format(list=facts.frozen, pictures=pictures) if facts.frozen else say["not_frozen"]
    yield table(facts.report.per_kind, say)
    yield say["test"]


def table(scores: Mapping[str, Score], say: Words) -> str:
    """One row a kind."""
    return "\n".join(
        [say["test_head"], "|---" + "|--:" * 9 + "|", *(row(kind, one, say) for kind, one in scores.items())]
    )


def row(kind: str, score: Score, say: Words) -> str:
    """One kind as a line of the table."""
    star = "" if score.measurable else " \\*"
    sure = "" if score.ap50_low is None else f" ({score.ap50_low:.2f}–{score.ap50_high:.2f})"
    values = [number(score.ap50) + sure, *map(number, (score.ap50_95, score.precision, score.recall))]
    counts = [str(score.pictures), str(score.negatives), str(score.boxes)]
    cells = [f"{kind}{star}", *counts, *values, f"{score.threshold:.2f}", _alarms(score, say)]
    return "| " + " | ".join(cells) + " |"


def _alarms(score: Score, say: Words) -> str:
    if score.false_alarms_per_100 is None:
        return "–"
    if score.negatives < ENOUGH_NEGATIVES and score.false_alarms_per_100_upper is not None:
        upper = f"{score.false_alarms_per_100_upper:.1f}"
        return say["alarms_few"].format(count=score.false_alarms, negatives=score.negatives, upper=upper)
    rate = f"{score.false_alarms_per_100:.1f}"
    return say["alarms_many"].format(rate=rate, count=score.false_alarms, negatives=score.negatives)


def number(value: float | None) -> str:
    """Three digits, or a dash for what is unknown."""
    return "–" if value is None else f"{value:.3f}"


def _sizes(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_size"]
    rows = [say["size_head"], "|---|--:|--:|--:|--:|"]
    for kind, one in facts.report.per_kind.items():
        pairs = (
            (one.ap50_small, one.boxes_small),
            (one.ap50_medium, one.boxes_medium),
            (one.ap50_large, one.boxes_large),
        )
        cells = [f"{number(ap50)} ({boxes})" for ap50, boxes in pairs]
        rows.append(f"| {kind} | " + " | ".join([*cells, number(one.calibration_error)]) + " |")
    yield "\n".join(rows)
    yield say["size"]
    yield "\n".join(f"![{say[f'plot_{name}']}]({name}.svg)" for name in ("precision_recall", "reliability", "size"))


def _sources(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_source"]
    for name, scores in facts.report.per_source.items():
        shown = {kind: score for kind, score in scores.items() if score.pictures}
        if shown:
            yield f"**{name}**\n\n{table(shown, say)}"


def _single(facts: Facts, say: Words) -> Iterator[str]:
    if not facts.single:
        return
    yield say["h_single"]
    keys = ("boxes", "found", "false", "best_score")
    rows = [
        f"| {kind} | {Path(str(one['file'])).stem} | " + " | ".join(str(one[key]) for key in keys) + " |"
        for kind, told in facts.single.items()
        for one in told
    ]
    if rows:
        yield "\n".join([say["single_head"], "|---|---|--:|--:|--:|--:|", *rows])
    absent = [say["single_none"].format(kind=kind) for kind, told in facts.single.items() if not told]
    if absent:
        yield "\n".join(absent)


def _rendered(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_rendered"]
    found = facts.text.get("rendered_metrics")
    if not found:
        yield say["rendered_none"]
        return
    said = facts.text["rendered_measured"]
    yield say["rendered"].format(pictures=said["pictures"], command=said["command"])
    yield table({f"{kind} (rendered)": score_of(one) for kind, one in found.items()}, say)


def score_of(values: Mapping[str, Any]) -> Score:
    """A score from a block of a card, which has no line for what is unknown."""
    return Score(**{name: values.get(name) for name in Score.__dataclass_fields__})  # type: ignore[arg-type]  # as written


def _kfold(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_kfold"]
    found = facts.text.get("kfold", {})
    lines = [
        say["kfold"].format(kind=kind, low=f"{one['ap50_low']:.2f}", high=f"{one['ap50_high']:.2f}", **_shown(one))
        for kind, one in found.items()
    ]
    yield "\n".join(lines) or say["kfold_none"]


def _shown(one: Mapping[str, Any]) -> Mapping[str, str]:
    keys = ("boxes", "groups", "folds", "command")
    return {"ap50": number(one["ap50"]), **{key: str(one[key]) for key in keys}}


def _inputs(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_inputs"]
    tried = facts.text.get("inputs", [])
    if len(tried) <= 1:
        yield say["inputs_none"]
        return
    rows = [f"| {one['side']} px | {number(one['mean_ap50'])} | {one['cpu_ms']} |" for one in tried]
    yield "\n".join([say["inputs_head"], "|--:|--:|--:|", *rows])
    yield say["inputs"]


def _fails(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_fails"]
    lines = [line for kind, score in facts.report.per_kind.items() for line in _weak(kind, score, facts, say)]
    yield "\n".join([*lines, say["fail_labels"], say["fail_squares"], say["fail_cities"]])
    language = "zh" if say == words("zh") else "en"
    seen: Mapping[str, str] = facts.seen.get(language, {})
    if seen:
        yield "\n".join(f"- **{kind}**. {say['seen']}{text}" for kind, text in seen.items())
        if facts.seen_on != facts.card.sha256_of("onnxruntime"):
            yield say["stale"].format(sha256=facts.seen_on[:12])


def _weak(kind: str, score: Score, facts: Facts, say: Words) -> Iterator[str]:
    if score.boxes and (score.recall or 0) < 0.5:
        yield say["fail_low"].format(kind=kind, recall=number(score.recall))
    small, large = score.ap50_small, score.ap50_large
    if small is not None and large is not None and large - small > SMALL_GAP:
        yield say["fail_small"].format(kind=kind, ap50=number(small), boxes=score.boxes_small, large=number(large))
    if (score.false_alarms_per_100 or 0) > ALARMS_AIMED_AT:
        yield say["fail_loud"].format(kind=kind, rate=f"{score.false_alarms_per_100:.1f}")
    alarms = facts.failures[kind].alarms if kind in facts.failures else ()
    others = Counter(one.on for one in alarms if one.on)
    if others.total() > CONFUSED * len(alarms):
        other = others.most_common(1)[0][0]
        yield say["fail_confused"].format(kind=kind, count=others.total(), alarms=len(alarms), other=other)
    if score.boxes and not score.negatives:
        yield say["fail_no_negatives"].format(kind=kind)


def _promotion(facts: Facts, say: Words) -> Iterator[str]:
    yield say["h_promotion"]
    said = facts.text.get("promotion", {})
    if "over" not in said:
        yield say["promotion_none"]
        return
    costs = {"ms_was": said["cpu_ms_was"], "ms_now": said["cpu_ms_now"], "ratio": said["cpu_ratio"]}
    means = {"was": number(said["mean_ap50_was"]), "now": number(said["mean_ap50_now"])}
    told = {"date": said["date"], "over": said["over"], "slower": said.get("slower_because", "")}
    yield say["promotion"].format(**costs, **means, **told).strip()
    yield ", ".join(f"{kind} {gain:+.3f}" for kind, gain in said["gains"].items())


def _anchors(_: Facts, say: Words) -> Iterator[str]:
    yield say["h_anchors"]
    yield say["anchors"]


def _again(facts: Facts, say: Words) -> Iterator[str]:
    name, sides = facts.card.name, [one["side"] for one in facts.text.get("inputs", [])] or [max(facts.card.input)]
    tried = f"--inputs {' '.join(map(str, sides))} --version {facts.card.version}"
    yield say["h_again"]
    yield (
        "```\n"
        f"python -m training train training/recipes/{name}.toml\n"
        f"python -m training export training/recipes/{name}.toml {tried}\n"
        f"python -m training evaluate --data $STREETWARDEN_SHARED/data/street --weights weights/{name}.toml --json\n"
        f"python -m training measure weights/{name}.toml\n"
        f"python -m training promote weights/{name}.toml\n"
        "python -m training document\n"
        "```"
    )
    yield say["again"]
