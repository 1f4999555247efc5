"""The report of a check as one HTML file: counts, and the faults as pictures with their boxes. Chinese and English."""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from datasets.check import Fault
from datasets.drawing import WRONG, Mark, colour_of, drawn, jpeg, opened
from datasets.records import Label, Manifest, Sample
from datasets.whole import write_text
from datasets.words import FACTS, FAULTS, REMARK, SERIOUS, kind_name
from detector.catalog import Name

SHOWN: Final = 48
LONGEST: Final = 420
FILE: Final = "index.html"
LINES: Final = "faults.jsonl"
OTHER: Final = (Name("Other fault", "其他问题"), Name("", ""))
STYLE: Final = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;padding:1rem 1.5rem 4rem;
max-width:84rem;color:#1c1b19;background:#f7f6f3}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2.5rem 0 .25rem;border-top:1px solid #d8d5cd;
padding-top:1rem}p{margin:.25rem 0}.quiet{color:#68645c}code{font-size:.85em;overflow-wrap:anywhere}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem .9rem .3rem 0;text-align:left;
border-bottom:1px solid #e4e1da}td.n{text-align:right;font-variant-numeric:tabular-nums}a{color:#1456b8}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem;margin-top:1rem;align-items:start}
.grid.pairs{grid-template-columns:repeat(auto-fill,minmax(34rem,1fr))}
figure{margin:0;background:#fff;border:1px solid #e4e1da;border-radius:6px;padding:.5rem}
figure .side{display:flex;gap:.5rem}figure .side>*{flex:1;min-width:0}img{width:100%;display:block;border-radius:3px}
figcaption{font-size:.82rem;margin-top:.4rem;overflow-wrap:anywhere}.none{background:#eeece7;color:#68645c;
padding:3rem 1rem;text-align:center;border-radius:3px}.badge{font-size:.8rem;white-space:nowrap;border-radius:9px;
padding:.1rem .55rem;
background:#e4e1da}.badge.bad{background:#d50032;color:#fff}
.lang{position:absolute;top:1.2rem;right:1.5rem}#zh,#en{position:absolute;opacity:0}
label{cursor:pointer;padding:.2rem .6rem;border:1px solid #b9b5ab}#zh:checked~.lang [for=zh],
#en:checked~.lang [for=en]{background:#1c1b19;color:#fff}#zh:focus-visible~.lang [for=zh],
#en:focus-visible~.lang [for=en]{outline:3px solid #1456b8}#zh:checked~main .en,#en:checked~main .zh{display:none}
@media(max-width:40rem){.grid,.grid.pairs{grid-template-columns:1fr}}
"""


def write(folder: Path, root: Path, manifest: Manifest, faults: Sequence[Fault]) -> Path:
    """Write `index.html` and `faults.jsonl`; both whole or not at all.

    Args:
        folder: made where it is not there.
        root: the data folder, for its pictures.
        manifest: what was checked.
        faults: what was found.

    Returns:
        The page.
    """
    write_text(folder / LINES, "".join(f"{line(fault)}\n" for fault in faults))
    write_text(folder / FILE, page(root, manifest, faults))
    return folder / FILE


def line(fault: Fault) -> str:
    """One fault as JSON."""
    known = {"code": fault.code, "file": fault.file, "serious": fault.serious}
    return json.dumps(known | dict(fault.facts), ensure_ascii=False)


def page(root: Path, manifest: Manifest, faults: Sequence[Fault]) -> str:
    """The page; it asks for nothing outside itself."""
    by_code: dict[str, list[Fault]] = {}
    for fault in sorted(faults, key=lambda fault: not fault.serious):
        by_code.setdefault(fault.code, []).append(fault)
    samples = {sample.file: sample for sample in manifest}
    sections = "".join(_section(code, those, root, samples, manifest.kinds) for code, those in by_code.items())
    title = _both(Name(f"Check of {root.resolve().name}", f"检查 {root.resolve().name}"))
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>check {escape(root.resolve().name)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        '<input type="radio" name="lang" id="zh" checked><input type="radio" name="lang" id="en">'
        '<nav class="lang"><label for="zh" lang="zh">中文</label><label for="en" lang="en">English</label></nav>'
        f"<main><h1>{title}</h1>{_summary(manifest, faults)}{_table(by_code)}{sections}</main></body></html>\n"
    )


def _summary(manifest: Manifest, faults: Sequence[Fault]) -> str:
    serious = sum(fault.serious for fault in faults)
    boxes = sum(len(sample.labels) for sample in manifest)
    roles = Counter(sample.role for sample in manifest)
    parts = ", ".join(f"{role} {count}" for role, count in roles.items())
    en = (
        f"{len(manifest)} pictures ({parts}), {boxes} boxes: {serious} serious faults, {len(faults) - serious} remarks."
    )
    zh = f"{len(manifest)} 张图片（{parts}），{boxes} 个框：{serious} 个严重问题，{len(faults) - serious} 条提示。"
    return f'<p>{_both(Name(en, zh))}</p><p class="quiet">manifest.csv <code>{manifest.sha256[:16]}</code></p>'


def _table(by_code: Mapping[str, Sequence[Fault]]) -> str:
    rows = "".join(
        f'<tr><td><a href="#{escape(code)}">{_both(_told(code)[0])}</a></td><td><code>{escape(code)}</code></td>'
        f'<td class="n">{len(those)}</td><td>{_badge(any(fault.serious for fault in those))}</td></tr>'
        for code, those in by_code.items()
    )
    return f"<table>{rows}</table>" if rows else f"<p>{_both(Name('Nothing is wrong.', '没有发现问题。'))}</p>"


def _section(
    code: str, faults: Sequence[Fault], root: Path, samples: Mapping[str, Sample], kinds: Sequence[str]
) -> str:
    named, advice = _told(code)
    head = f'<section><h2 id="{escape(code)}">{_both(named)} <span class="quiet">{len(faults)}</span></h2>'
    head += f'<p class="quiet">{_both(advice)}</p>'
    if not any(fault.file for fault in faults):
        return f"{head}<ul>{''.join(f'<li>{_facts(fault)}</li>' for fault in faults)}</ul></section>"
    shown = "".join(_figure(fault, root, samples, kinds) for fault in faults[:SHOWN])
    pairs = " pairs" if any("like" in fault.facts for fault in faults) else ""
    more = Name(
        f"{SHOWN} of {len(faults)} shown; all are in {LINES}.", f"显示 {SHOWN} / {len(faults)}，全部见 {LINES}。"
    )
    rest = f'<p class="quiet">{_both(more)}</p>' if len(faults) > SHOWN else ""
    return f'{head}<div class="grid{pairs}">{shown}</div>{rest}</section>'


def _figure(fault: Fault, root: Path, samples: Mapping[str, Sample], kinds: Sequence[str]) -> str:
    files = [fault.file, *([str(fault.facts["like"])] if "like" in fault.facts else [])]
    sides = "".join(_picture(root / file, samples.get(file), fault, kinds) for file in files)
    names = " &#8596; ".join(f"<code>{escape(file)}</code>{_role(samples.get(file))}" for file in files)
    return f'<figure><div class="side">{sides}</div><figcaption>{names}<br>{_facts(fault)}</figcaption></figure>'


def _role(sample: Sample | None) -> str:
    return f' <span class="badge">{escape(sample.role)}</span>' if sample else ""


def _picture(path: Path, sample: Sample | None, fault: Fault, kinds: Sequence[str]) -> str:
    image = opened(path)
    if image is None:
        return f'<div class="none">{_both(Name("no picture", "没有图片"))}</div>'
    marks = list(_marks(sample, fault, kinds)) if sample else []
    data = base64.b64encode(jpeg(drawn(image, marks, LONGEST), 72)).decode()
    return f'<img alt="{escape(path.name)}" src="data:image/jpeg;base64,{data}">'


def _marks(sample: Sample, fault: Fault, kinds: Sequence[str]) -> Iterator[Mark]:
    """Every box of the picture; the one that is wrong in red, by name."""
    wrong = fault.facts.get("box") if sample.file == fault.file else None
    for label in sample.labels:
        if [label.x, label.y, label.w, label.h] != wrong or label.kind != fault.facts.get("kind"):
            yield Mark(label, colour_of(label.kind, kinds))
    if isinstance(wrong, list):
        yield Mark(Label(str(fault.facts["kind"]), *map(float, wrong)), WRONG, str(fault.facts["kind"]))


def _facts(fault: Fault) -> str:
    kind = [_both(kind_name(str(fault.facts["kind"])))] if "kind" in fault.facts else []
    rest = [(key, value) for key, value in fault.facts.items() if key not in ("kind", "like")]
    words = [f"{_both(FACTS.get(key, Name(key, key)))} {escape(_value(value))}" for key, value in rest]
    return f"{_badge(fault.serious)} " + " · ".join([*kind, *words])


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join(f"{one:.3f}".rstrip("0").rstrip(".") if isinstance(one, float) else str(one) for one in value)
    return str(value)


def _badge(serious: bool) -> str:
    return f'<span class="badge{" bad" if serious else ""}">{_both(SERIOUS if serious else REMARK)}</span>'


def _told(code: str) -> tuple[Name, Name]:
    return FAULTS.get(code, OTHER)


def _both(name: Name) -> str:
    return f'<span class="zh" lang="zh">{escape(name.zh)}</span><span class="en" lang="en">{escape(name.en)}</span>'
