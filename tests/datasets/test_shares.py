"""Parting a set: groups and look-alikes stay together, kinds are balanced, the test stays frozen."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets import check, shares
from datasets.errors import SplitLeaks
from datasets.formats import manifest as manifests
from datasets.records import Manifest
from tests.datasets.build import a_label, a_manifest, a_sample

THIRDS = {"train": 0.6, "val": 0.2, "test": 0.2}


def parted(whole: Manifest, roles: dict[str, str]) -> Manifest:
    """The manifest as it would be read again."""
    table = [manifests.to_row(sample, whole.kinds) for sample in whole]
    rows = [dict(zip((*manifests.SAID, *manifests.FOUND_AT), map(str, row), strict=True)) for row in table]
    return a_manifest(*(manifests.from_row(row | {"role": roles[row["file"]]}) for row in rows))


def sides(roles: dict[str, str]) -> Counter[str]:
    return Counter(roles.values())


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(("train", "val"))), min_size=1, max_size=40),
    st.lists(st.integers(0, 2**64 - 1), max_size=6),
    st.text(max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_no_group_and_no_look_alikes_are_parted_and_no_picture_is_lost(
    rows: list[tuple[int, str]], marks: list[int], seed: str
) -> None:
    whole = a_manifest(*(a_sample(n, group=f"g{group}", role=role) for n, (group, role) in enumerate(rows)))
    prints = {sample.file: marks[n % len(marks)] for n, sample in enumerate(whole)} if marks else {}
    roles = shares.part(whole, THIRDS, seed=seed, marks=prints)
    assert roles.keys() == {sample.file for sample in whole}
    assert check.leaks(parted(whole, roles)) == []
    looks = {file: check.Looks(64, 48, mark) for file, mark in prints.items()}
    assert check.near_duplicates(parted(whole, roles), looks) == []


def test_every_kind_gets_its_share_of_every_side_even_a_rare_one() -> None:
    rare = (a_label("closed_bin"),)
    whole = a_manifest(*(a_sample(n, labels=rare if n % 20 == 0 else (a_label(),)) for n in range(200)))
    told = shares.counted(whole, shares.part(whole, THIRDS, seed="s"))
    assert {role: side["pictures"] for role, side in told.items()} == {"train": 120, "val": 40, "test": 40}
    kinds = {role: side["kinds"]["closed_bin"]["with"] for role, side in told.items()}
    assert kinds == {"train": 6, "val": 2, "test": 2}


def test_the_same_seed_parts_alike_whatever_the_order_and_another_seed_otherwise() -> None:
    samples = [a_sample(n) for n in range(40)]
    first = shares.part(a_manifest(*samples), THIRDS, seed="a")
    assert shares.part(a_manifest(*reversed(samples)), THIRDS, seed="a") == first
    assert shares.part(a_manifest(*samples), THIRDS, seed="b") != first


def test_frozen_rows_stay_and_nothing_joins_them() -> None:
    frozen = [a_sample(n, role="test") for n in range(5)]
    roles = shares.part(a_manifest(*frozen, *(a_sample(n) for n in range(5, 45))), THIRDS, seed="s")
    assert {file for file, role in roles.items() if role == "test"} == {sample.file for sample in frozen}
    assert sides(roles) == {"train": 30, "val": 10, "test": 5}


def test_unfreeze_lets_the_test_go() -> None:
    whole = a_manifest(*(a_sample(n, role="test") for n in range(20)))
    assert sides(shares.part(whole, THIRDS, seed="s", unfreeze=True)) == {"train": 12, "val": 4, "test": 4}


def test_a_group_that_is_frozen_in_part_is_refused() -> None:
    with pytest.raises(SplitLeaks) as leak:
        shares.part(a_manifest(a_sample(1, group="g", role="test"), a_sample(2, group="g")), THIRDS, seed="s")
    assert leak.value.facts["group"] == "g"


def test_what_looks_like_a_frozen_picture_is_set_apart_with_its_group() -> None:
    frozen = a_sample(1, role="test")
    twin, neighbour, other = a_sample(2, group="g"), a_sample(3, group="g"), a_sample(4)
    roles = shares.part(
        a_manifest(frozen, twin, neighbour, other),
        THIRDS,
        seed="s",
        marks={frozen.file: 7, twin.file: 6, other.file: 0xFF00},
    )
    assert [roles[sample.file] for sample in (frozen, twin, neighbour)] == ["test"] + ["train_near_test"] * 2
    assert roles[other.file] in ("train", "val")


def test_look_alikes_that_are_known_stay_set_apart_without_pixels() -> None:
    whole = a_manifest(a_sample(1, role="test"), a_sample(2, role="train_near_test"), a_sample(3))
    assert sides(shares.part(whole, {"train": 1.0}, seed="s")) == {"test": 1, "train_near_test": 1, "train": 1}


def test_a_share_for_the_test_alone_leaves_nothing_for_what_is_not_frozen() -> None:
    with pytest.raises(ValueError, match="no share"):
        shares.part(a_manifest(a_sample(1, role="test"), a_sample(2)), {"test": 1.0}, seed="s")
