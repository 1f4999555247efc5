"""Plots of a set: boxes by kind and role, their sizes, shapes and places, and where the pictures come from."""

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ticker import LogLocator, PercentFormatter, ScalarFormatter
from numpy.typing import NDArray

from datasets.drawing import colour_of
from datasets.records import ROLES, Label, Manifest
from datasets.whole import write_bytes
from datasets.words import PLOTS, kind_name
from datasets.words import ROLES as ROLE_NAMES
from detector.annotate import FONT
from detector.catalog import Name

SIZE: Final = (9.0, 5.0)
DPI: Final = 110
CELLS: Final = 24
ROLE_COLOURS: Final = {"train": "#0072b2", "val": "#56b4e9", "test": "#d55e00", "train_near_test": "#e69f00"}
STATES: Final = (("with", "#009e73"), ("without", "#56b4e9"), ("unknown", "#d9d6cf"))

Say = Callable[[Name], str]


def write(folder: Path, manifest: Manifest, language: str, form: str) -> Iterator[Path]:
    """Draw every plot into `folder`; yields each file as it is written.

    Args:
        language: `zh` or `en`.
        form: `png` or `svg`.
    """
    fontManager.addfont(FONT)
    family = [FontProperties(fname=FONT).get_name(), "DejaVu Sans"]

    def say(name: Name) -> str:
        return name.zh if language == "zh" else name.en

    for plot in (boxes, negatives, sizes, aspects, places, sources):
        with mpl.rc_context():
            mpl.rc("font", family=family)
            mpl.rc("axes", titleweight="bold", unicode_minus=False)
            mpl.rc("axes.spines", top=False, right=False)
            figure = plot(manifest, say)
            data = io.BytesIO()
            figure.savefig(data, format=form, dpi=DPI)
        path = folder / f"{plot.__name__}.{form}"
        write_bytes(path, data.getvalue())
        yield path


def boxes(manifest: Manifest, say: Say) -> Figure:
    """How many boxes each kind has, by role."""
    counts = {role: [sum(one.count(kind) for one in manifest.role(role)) for kind in manifest.kinds] for role in ROLES}
    figure, axes = _figure(say, "boxes")
    _stacked(axes, _kinds(manifest, say), {role: counts[role] for role in ROLES if any(counts[role])}, say)
    axes.set_xlabel(say(PLOTS["count"]))
    return figure


def _kinds(manifest: Manifest, say: Say) -> list[str]:
    return [say(kind_name(kind)) for kind in manifest.kinds]


def negatives(manifest: Manifest, say: Say) -> Figure:
    """In how many pictures each kind is boxed, surely absent, or unknown."""
    figure, axes = _figure(say, "negatives")
    left = np.zeros(len(manifest.kinds))
    for state, colour in STATES:
        counts = np.array([_in_state(manifest, kind, state) for kind in manifest.kinds], float)
        axes.barh(_kinds(manifest, say), counts, left=left, color=colour, label=say(PLOTS[state]))
        left += counts
    axes.invert_yaxis()
    axes.set_xlabel(say(PLOTS["pictures"]))
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _in_state(manifest: Manifest, kind: str, state: str) -> int:
    labelled = manifest.labelled_for(kind)
    boxed = sum(sample.count(kind) > 0 for sample in labelled)
    return {"with": boxed, "without": len(labelled) - boxed, "unknown": len(manifest) - len(labelled)}[state]


def sizes(manifest: Manifest, say: Say) -> Figure:
    """Root of the area of boxes, as part of the picture, per kind."""
    figure, axes = _figure(say, "sizes")
    bins = np.geomspace(0.005, 1, 32)
    _outlines(axes, manifest, say, bins, lambda label, _: float(np.sqrt(label.w * label.h)))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1, symbol=" %"))
    return figure


def aspects(manifest: Manifest, say: Say) -> Figure:
    """Width by height of boxes in pixels, per kind."""
    figure, axes = _figure(say, "aspects")
    bins = np.geomspace(0.1, 10, 32)
    _outlines(axes, manifest, say, bins, lambda label, shape: label.w / label.h * shape)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.axvline(1, color="#b9b5ab", linewidth=1, zorder=0)
    return figure


def _outlines(
    axes: Axes, manifest: Manifest, say: Say, bins: NDArray[np.float64], measure: Callable[[Label, float], float]
) -> None:
    """A stepped outline a kind, each summing to one, so that rare kinds are seen."""
    for kind in manifest.kinds:
        found = [
            measure(label, sample.width / sample.height)
            for sample in manifest
            for label in sample.labels
            if label.kind == kind
        ]
        if found:
            values = np.clip(found, bins[0], bins[-1])
            axes.hist(
                values,
                bins=bins.tolist(),
                weights=np.full(len(values), 1 / len(values)),
                histtype="step",
                linewidth=1.8,
                color=colour_of(kind, manifest.kinds),
                label=f"{say(kind_name(kind))} ({len(found)})",
            )
    axes.set_xscale("log")
    axes.set_ylabel(say(PLOTS["share"]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    if axes.has_data():
        axes.legend(frameon=False)


def places(manifest: Manifest, say: Say) -> Figure:
    """How often each place of the picture lies in a box, a map a kind."""
    kinds = [kind for kind in manifest.kinds if any(sample.count(kind) for sample in manifest)]
    columns = max(1, min(4, len(kinds)))
    rows = max(1, -(-len(kinds) // columns))
    figure = Figure(figsize=(SIZE[0], 2.6 * rows + 0.6), layout="constrained")
    figure.suptitle(say(PLOTS["places"]), fontweight="bold")
    for place, kind in enumerate(kinds, 1):
        axes = figure.add_subplot(rows, columns, place)
        cover = _cover([label for sample in manifest for label in sample.labels if label.kind == kind])
        axes.imshow(cover, cmap="viridis", vmin=0, extent=(0, 1, 1, 0), aspect="equal")
        axes.set_title(f"{say(kind_name(kind))}  {cover.max():.0%}", fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def _cover(labels: Sequence[Label]) -> NDArray[np.float64]:
    """Part of the boxes that cover each of 24 x 24 cells."""
    cover = np.zeros((CELLS, CELLS))
    middle = (np.arange(CELLS) + 0.5) / CELLS
    for label in labels:
        x0, y0, x1, y1 = label.xyxy
        cover += np.outer((middle >= y0) & (middle <= y1), (middle >= x0) & (middle <= x1))
    return cover / max(1, len(labels))


def sources(manifest: Manifest, say: Say) -> Figure:
    """How many pictures each source gives, by role."""
    names = sorted({sample.source for sample in manifest})
    each = {role: [len(manifest.role(role).source(name)) for name in names] for role in ROLES}
    figure, axes = _figure(say, "sources")
    _stacked(axes, names, {role: counts for role, counts in each.items() if any(counts)}, say)
    axes.set_xlabel(say(PLOTS["pictures"]))
    return figure


def _figure(say: Say, title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(say(PLOTS[title]), loc="left")
    return figure, axes


def _stacked(axes: Axes, names: Sequence[str], counts: dict[str, list[int]], say: Say) -> None:
    left = np.zeros(len(names))
    for role, row in counts.items():
        axes.barh(names, row, left=left, color=ROLE_COLOURS[role], label=say(ROLE_NAMES[role]))
        left += np.array(row)
    for place, total in enumerate(left):
        axes.annotate(f" {total:.0f}", (total, place), va="center", fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    if counts:
        axes.legend(frameon=False)
