"""A training run on disk: its folder, log and checkpoints, so that a cut run goes on where it was."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of one recipe's run."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        """Everything that is needed to go on."""
        return self.folder / "checkpoint.pt"

    @property
    def weights(self) -> Path:
        """The averaged weights of the last whole epoch."""
        return self.folder / "weights.safetensors"

    @property
    def facts(self) -> Path:
        """Recipe, manifest and groups of the run, for the card."""
        return self.folder / "facts.json"

    def save(self, state: dict[str, Any]) -> None:
        """Replace the checkpoint in one step, so that a kill leaves the old or the new one."""
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint)

    def load(self) -> dict[str, Any] | None:
        """The last checkpoint, or None before the first. Tensors and numbers only: nothing in it can run."""
        if not self.checkpoint.exists():
            return None
        state: dict[str, Any] = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        return state

    def forget(self) -> None:
        """Remove what an earlier run of the same recipe left, so that nobody resumes it as this one."""
        self.checkpoint.unlink(missing_ok=True)
        self.weights.unlink(missing_ok=True)

    def changed_since(self, facts: Mapping[str, Any]) -> list[str]:
        """Which facts differ from those that the run began with; none before it began."""
        if not self.facts.is_file():
            return []
        before = json.loads(self.facts.read_text(encoding="utf-8"))
        now = json.loads(json.dumps(facts))
        return sorted(key for key in now if now[key] != before.get(key))

    def log(self, **values: float | str) -> None:
        """Append one JSON line with the seconds of the monotonic clock."""
        line = json.dumps({"seconds": round(time.monotonic(), 1), **values})
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def open_run(recipe: Recipe, cache: Path) -> Run:
    """The run folder of a recipe; another recipe, even of the same name, has another folder."""
    folder = cache / "runs" / f"{recipe.name}-{recipe.sha256[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    return Run(folder)
