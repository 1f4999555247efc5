"""Ultralytics finds torchvision, its fonts and no network; threads follow what is faster."""

import os
import subprocess
import sys
from pathlib import Path

from tests.training.build import ROOT
from training import offline
from training.pace import KEPT_STEPS, TRIED_STEPS, Pace


def test_importing_torchvision_works_after_the_repair_and_suppresses_overlaps() -> None:
    code = """
import torch
from training import torchvision_ops
torchvision_ops.repair()
import torchvision
boxes = torch.tensor([[0., 0., 10., 10.], [1., 1., 10., 10.], [20., 20., 30., 30.]])
kept = torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.3]), 0.5)
raise SystemExit(kept.tolist() != [1, 2])
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_fonts_that_ultralytics_would_download_are_there(tmp_path: Path) -> None:
    before = dict(os.environ)
    try:
        offline.prepare(tmp_path)
        assert os.environ["YOLO_OFFLINE"] == "true"
        folder = Path(os.environ["YOLO_CONFIG_DIR"]) / "Ultralytics"
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert all((folder / name).stat().st_size > 100_000 for name in offline.FONTS)


def run_pace(seconds: dict[int, float], steps: int) -> list[int]:
    chosen: list[int] = []
    pace = Pace(2, chosen.append)
    for _ in range(steps):
        pace.took(seconds[pace.threads], 100)
    return chosen


def test_the_faster_number_of_threads_is_kept() -> None:
    assert run_pace({1: 1.0, 2: 2.0}, 2 * TRIED_STEPS + 5)[-1] == 1
    assert run_pace({1: 2.0, 2: 1.0}, 2 * TRIED_STEPS + 5)[-1] == 2


def test_after_a_while_both_are_tried_again() -> None:
    chosen = run_pace({1: 1.0, 2: 2.0}, 2 * TRIED_STEPS + KEPT_STEPS + 1)
    assert chosen.count(2) > TRIED_STEPS


def test_one_thread_has_nothing_to_choose() -> None:
    pace = Pace(1, lambda _: None)
    for _ in range(200):
        pace.took(1.0, 100)
    assert pace.threads == 1


def test_ultralytics_leaves_the_functions_of_others_alone() -> None:
    code = """
import cv2, torch, PIL.Image
before = PIL.Image.open, torch.save, cv2.imread, cv2.imwrite
from training import network, reference, train
raise SystemExit((PIL.Image.open, torch.save, cv2.imread, cv2.imwrite) != before)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
