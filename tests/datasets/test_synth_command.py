"""The command that renders: its flags pass through, and without a renderer it says how to get one."""

from pathlib import Path

import pytest

from datasets.__main__ import main as datasets
from datasets.synth.__main__ import main as synth
from datasets.synth.plates import RendererMissing, require_packages


def test_the_verb_hands_its_flags_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        datasets(["synth", "--help"])
    assert ended.value.code == 0
    assert "--scenes" in capsys.readouterr().out


def test_a_run_without_a_folder_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as ended:
        synth(["--scenes", "1"])
    assert ended.value.code == 2


def test_without_blender_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path))
    assert synth(["--scenes", "1", "--out", str(tmp_path / "out")]) == 2
    assert "bpy==5.0.1" in capsys.readouterr().err


def test_without_the_models_it_names_the_packages(tmp_path: Path) -> None:
    with pytest.raises(RendererMissing, match="sweethome3d-furniture"):
        require_packages(tmp_path / "nothing")
