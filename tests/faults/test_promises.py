"""The promises in small: few kills, few cuts, some points of each sweep. `make faults` runs them in full."""

from pathlib import Path

import pytest

from benchmarks.figures import Figure
from tests.faults import (
    bad_cameras,
    bypasses,
    canaries,
    clock_steps,
    comebacks,
    crowd,
    disguises,
    disk_errors,
    drill,
    edges,
    falsified,
    full_disk,
    hostile,
    kills,
    lost_node,
    matrix,
    overload,
    power,
    retries,
    shut_out,
    soak,
    tampered,
    told,
    unrecognised,
    upgrade,
    workers,
)
from tests.faults.disks import why_not
from tests.faults.outcome import Outcome

pytestmark = pytest.mark.faults

TIMED = ("K6-wait", "K8-time", "K7-back", "S6-out", "E1-term", "F11:")


def broken(outcome: Outcome) -> list[str]:
    """What is broken but for seconds, which mean nothing on a busy machine."""
    return [line for line in outcome.broken if not line.startswith(TIMED)]


@pytest.fixture
def disks() -> None:
    """The right to mount."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)


def test_nothing_acknowledged_is_lost_in_twenty_kills() -> None:
    assert broken(kills.measure(20, seed=101)) == []


@pytest.mark.needs_root
@pytest.mark.usefixtures("disks")
def test_nothing_acknowledged_is_lost_in_three_power_cuts() -> None:
    assert broken(power.measure_cuts(3, seed=102)) == []


@pytest.mark.needs_root
@pytest.mark.usefixtures("disks")
def test_the_power_cut_test_notices_an_evidence_file_without_fsync() -> None:
    assert power.losses_without(power.FSYNCS["the evidence file"]) != []


def test_no_photo_is_acknowledged_over_a_failing_disk_call() -> None:
    assert broken(disk_errors.measure(step=9)) == []


def test_each_clock_rings_once_though_six_workers_are_killed() -> None:
    assert broken(workers.measure(6, lease_s=2.0)) == []


@pytest.mark.timeout(1200)
def test_a_lost_node_loses_no_camera_and_doubles_no_ticket() -> None:
    assert broken(lost_node.measure(1, cameras=6)) == []


def test_a_retry_makes_no_double() -> None:
    assert broken(retries.measure((1, 5, 20))) == []


def test_sixty_four_phones_make_one_ticket_at_each_of_fifty_places() -> None:
    assert broken(crowd.measure(50)) == []


def test_a_changed_byte_of_evidence_shows_and_an_open_tickets_never_goes() -> None:
    assert broken(falsified.measure_evidence()) == []


def test_a_killed_migration_loses_nothing() -> None:
    assert broken(upgrade.measure(3, rows=12)) == []


def test_a_backup_of_a_city_in_use_restores_into_both_databases() -> None:
    assert broken(drill.measure(300)) == []


@pytest.mark.needs_root
@pytest.mark.usefixtures("disks")
def test_a_full_disk_stops_new_photos_only() -> None:
    assert broken(full_disk.measure()) == []


def test_bad_cameras_hurt_no_other() -> None:
    assert [line for line in bad_cameras.measure(window_s=4.0).broken if "frames lost" not in line] == []


def test_a_camera_that_was_killed_is_watched_again() -> None:
    assert [line for line in comebacks.measure(1).broken if line.startswith("K2-max")] == []


def test_a_clock_that_is_set_stops_no_watchdog_and_reorders_nothing() -> None:
    assert broken(clock_steps.measure(200)) == []


def test_a_minute_at_many_times_real_speed_leaves_everything_flat(tmp_path: Path) -> None:
    """The slope of five and of thirty minutes is `make faults ONLY=K5 [N=30]`'s: CI has no time for them."""
    assert [
        line for line in broken(soak.measure(1, tmp_path / "soak.svg")) if not line.startswith(("K5:", "K5-sure"))
    ] == []


def test_an_overload_loses_nothing_that_was_acked() -> None:
    assert broken(overload.measure(3)) == []


def test_a_hostile_file_costs_one_4xx() -> None:
    assert broken(hostile.measure(20)) == []


def test_every_route_answers_the_roles_of_its_cell_only() -> None:
    assert broken(matrix.measure()) == []


def test_nothing_is_called_that_may_not_be_called() -> None:
    assert broken(bypasses.measure(every=3)) == []


def test_a_webhook_hears_everything_whoever_is_killed() -> None:
    assert broken(told.measure(2)) == []


def test_who_listens_at_a_broker_hears_everything_whoever_is_killed() -> None:
    assert broken(told.measure_broker(2)) == []


def test_no_secret_sings() -> None:
    assert broken(canaries.measure()) == []


def test_a_stored_page_comes_back_as_a_picture() -> None:
    assert broken(disguises.measure()) == []


def test_who_is_disabled_is_out_and_guessing_ends() -> None:
    assert broken(shut_out.measure()) == []


def test_tampered_weights_are_refused_and_no_pickle_is_opened() -> None:
    assert broken(tampered.measure()) == []


def test_a_figure_without_a_value_is_not_met() -> None:
    assert Figure("P2", "power cut", None, "lost", 0, [], "make faults ONLY=P2", note="needs root").met is None


def test_pictures_leave_without_metadata_and_originals_by_right_alone() -> None:
    assert broken(unrecognised.measure_clean()) == []


def test_an_edge_computers_finds_arrive_exactly_once_over_five_lives() -> None:
    assert broken(edges.measure_kills(5, seed=103)) == []
