"""Ultralytics stays quiet and offline in every test of training."""

import tempfile
from pathlib import Path

from training import offline

offline.prepare(Path(tempfile.gettempdir()) / "streetwarden-tests")

import torch  # noqa: E402 - after the environment that ultralytics reads

torch.set_num_threads(1)
