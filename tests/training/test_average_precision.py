"""Average precision against cases that can be worked out by hand, and against a slow plain reading of COCO."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.average_precision import OVERLAPS, RECALLS, Seen, rank


def seen(found: list[list[float]], scores: list[float], there: list[list[float]]) -> Seen:
    boxes = [np.array(rows, np.float32).reshape(-1, 4) for rows in (found, there)]
    return Seen(boxes[0], np.array(scores, np.float32), boxes[1])


ONE, TWO, FAR = [0, 0, 10, 10], [20, 0, 30, 10], [50, 50, 60, 60]


def test_all_found_and_nothing_else_is_one() -> None:
    assert rank([seen([ONE, TWO], [0.9, 0.8], [ONE, TWO])]).average_precision() == pytest.approx(np.ones(10))


def test_a_better_scored_false_box_halves_the_precision() -> None:
    assert rank([seen([FAR, ONE], [0.9, 0.8], [ONE])]).average_precision()[0] == pytest.approx(0.5)


def test_half_of_the_things_found_gives_51_of_101_recalls() -> None:
    assert rank([seen([ONE], [0.9], [ONE, TWO])]).average_precision()[0] == pytest.approx(51 / 101)


def test_a_second_box_on_the_same_thing_is_false() -> None:
    counts = rank([seen([ONE, ONE], [0.9, 0.8], [ONE])]).at(0.5)
    assert (counts.right, counts.shown, counts.precision, counts.recall) == (1, 2, 0.5, 1.0)


def test_a_loose_box_counts_at_low_overlaps_only() -> None:
    found = rank([seen([[0, 0, 10, 7]], [0.9], [ONE])]).average_precision()
    assert found.tolist() == [1.0] * 5 + [0.0] * 5


def test_nothing_labelled_has_no_average_precision_and_nothing_found_has_zero() -> None:
    assert np.isnan(rank([seen([ONE], [0.9], [])]).average_precision()).all()
    assert (rank([seen([], [], [ONE])]).average_precision() == 0).all()


def test_only_the_best_hundred_boxes_of_a_picture_count() -> None:
    crowd = [[float(x), 100.0, x + 1.0, 101.0] for x in range(100)]
    scores = [*np.linspace(0.9, 0.5, 100).tolist(), 0.4]
    assert rank([seen([*crowd, ONE], scores, [ONE])]).average_precision()[0] == 0


def test_a_threshold_counts_boxes_at_it_and_above() -> None:
    assert rank([seen([ONE, TWO], [0.5, 0.25], [ONE, TWO])]).at(0.5).shown == 1


def plain(pictures: list[Seen], overlap: float) -> float:
    """COCO read word by word, for one overlap."""
    scored: list[tuple[float, bool]] = []
    for picture in pictures:
        free = [tuple(box) for box in picture.there.tolist()]
        for box, score in zip(picture.found.tolist(), picture.scores.tolist(), strict=True):
            best = max(free, key=lambda other, box=box: plain_iou(box, other), default=None)
            hit = best is not None and plain_iou(box, best) >= overlap - 1e-6
            if hit:
                free.remove(best)
            scored.append((score, hit))
    scored.sort(key=lambda pair: -pair[0])
    wanted = sum(len(picture.there) for picture in pictures)
    right, points = 0, []
    for number, (_, hit) in enumerate(scored, 1):
        right += hit
        points.append((right / wanted, right / number))
    return float(np.mean([max((p for r, p in points if r >= recall), default=0.0) for recall in RECALLS]))


def plain_iou(a: list[float], b: tuple[float, ...]) -> float:
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0.0) * max(h, 0.0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


boxes = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(3, 9), st.integers(3, 9)), min_size=1, max_size=6
).map(lambda rows: [[x, y, x + w, y + h] for x, y, w, h in rows])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(boxes, boxes), min_size=1, max_size=4))
def test_it_agrees_with_a_plain_reading_of_coco(pairs: list[tuple[list[list[int]], list[list[int]]]]) -> None:
    marks = iter(np.linspace(0.99, 0.01, 100))
    pictures = [seen(found, [float(next(marks)) for _ in found], there) for found, there in pairs]
    found = rank(pictures).average_precision()
    assert found[0] == pytest.approx(plain(pictures, float(OVERLAPS[0])), abs=1e-6)
    assert found[3] == pytest.approx(plain(pictures, 0.65), abs=1e-6)
