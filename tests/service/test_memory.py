"""Memory: pages paid for once while pictures follow each other and given back after; what stays is not searched."""

import gc
import subprocess
import sys

import pytest

from service.memory import LARGE_BLOCK, settle, unpack

PICTURE = """
import resource
import numpy as np
from service.memory import give_back, stay_small

stay_small()

def resident_kib():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])

def faults(bytes_, times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.empty(bytes_, np.uint8).fill(1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults({bytes}, 1)
again, kept = faults({bytes}, 20), resident_kib()
give_back()
print(again, kept - resident_kib())
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the three limits are glibc's")


def again_and_given_back(bytes_: int) -> tuple[int, int]:
    """Page faults of 20 more blocks after a first one, and KiB that went back when asked."""
    program = PICTURE.replace("{bytes}", str(bytes_))
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    again, given_back = map(int, told.split())
    return again, given_back


def test_a_picture_of_1080p_pays_for_its_pages_once_and_gives_them_back_when_asked() -> None:
    bytes_ = 1920 * 1080 * 4
    again, given_back = again_and_given_back(bytes_)
    assert again < bytes_ // 4096
    assert given_back > bytes_ // 1024 // 2


def test_a_larger_one_goes_back_at_once() -> None:
    _, given_back = again_and_given_back(2 * LARGE_BLOCK)
    assert given_back < LARGE_BLOCK // 1024 // 2


def test_what_is_there_for_good_is_left_out_of_the_search_for_cycles() -> None:
    held = [[number] for number in range(1000)]
    settle()
    try:
        assert gc.get_freeze_count() >= len(held)
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()


def test_cycles_are_searched_for_again_once_the_program_is_read_in() -> None:
    unpack()
    try:
        assert not gc.isenabled()
    finally:
        settle()
        gc.unfreeze()
    assert gc.isenabled()
