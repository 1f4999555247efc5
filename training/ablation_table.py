"""Results of an ablation as a table in Markdown and as a plot: what each change does to each kind."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

Results = Sequence[Mapping[str, Any]]
DASH: Final = "–"
STAR: Final = " \\*"


def rows(results: Results) -> Mapping[str, Results]:
    """Results by row of the plan, one for each seed, in the order of the plan."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        grouped.setdefault(str(result["row"]), []).append(result)
    return grouped


def values(seeds: Results, place: str, kind: str) -> list[float]:
    """AP50 of a kind for every seed that has one."""
    found = (result["measured"][place][kind]["ap50"] for result in seeds)
    return [float(value) for value in found if value is not None]


def kinds_of(results: Results, place: str) -> list[str]:
    """Kinds of which the pictures of `place` have boxes."""
    return [kind for kind, score in results[0]["measured"][place].items() if score["boxes"]]


def table(results: Results) -> str:
    """One table for each set of pictures; a cell is the mean over seeds, with half of their range where there are two.

    Kinds with fewer than 20 boxes are marked and have no part in the mean.
    """
    return "\n".join(_one_table(results, place) for place in results[0]["measured"])


def _one_table(results: Results, place: str) -> str:
    kinds = kinds_of(results, place)
    first = results[0]["measured"][place]
    firm = [kind for kind in kinds if first[kind]["measurable"]]
    heads = [f"{kind}{'' if kind in firm else STAR} ({first[kind]['boxes']})" for kind in kinds]
    lines = [f"AP50, {place}", "", f"| | pictures | input | seconds | mean | {' | '.join(heads)} |"]
    lines.append("|---" * (5 + len(kinds)) + "|")
    for row, seeds in rows(results).items():
        means = [fmean(values([seed], place, kind)[0] for kind in firm) for seed in seeds] if firm else []
        cells = [_cell(means), *(_cell(values(seeds, place, kind)) for kind in kinds)]
        seconds = round(fmean(result["seconds"] for result in seeds))
        told = [row, f"{seeds[0]['pictures']} × {len(seeds)}", str(seeds[0]["side"]), str(seconds), *cells]
        lines.append(f"| {' | '.join(told)} |")
    return "\n".join([*lines, ""])


def _cell(found: Sequence[float]) -> str:
    if not found:
        return DASH
    spread = f" ± {(max(found) - min(found)) / 2:.3f}" if len(found) > 1 else ""
    return f"{fmean(found):.3f}{spread}"


def plot(results: Results, place: str, path: Path) -> None:
    """A line for each row of the plan, a dot for each seed and kind."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    kinds, grouped = kinds_of(results, place), rows(results)
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.42 * len(grouped)), layout="constrained")
    for colour, kind in enumerate(kinds):
        for height, seeds in enumerate(grouped.values()):
            found = values(seeds, place, kind)
            label = kind if height == 0 else None
            axes.plot(found, [height] * len(found), "o-", color=f"C{colour}", alpha=0.8, label=label)
    axes.set_yticks(range(len(grouped)), list(grouped))
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel(f"AP50, {place}")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
