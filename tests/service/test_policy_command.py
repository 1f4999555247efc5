"""The policy from the command line: printed, checked line by line, saved."""

import json
from pathlib import Path

from tests.build import POLICY_TOML
from tests.serving import command


def test_a_policy_is_checked_saved_and_printed_without_a_browser(tmp_path: Path) -> None:
    data, file = str(tmp_path / "city"), tmp_path / "policy.toml"
    shipped = POLICY_TOML.read_text(encoding="utf-8")
    file.write_text(shipped.replace("default_radius_m = 30", "default_radius_m = 300"), encoding="utf-8")
    checked = command("policy", "check", "--data", data, str(file))
    assert checked.returncode == 1
    assert json.loads(checked.stdout)["key"] == "default_radius_m"
    refused = command("policy", "save", "--data", data, str(file), "--reason", "a try")
    assert (refused.returncode, json.loads(refused.stderr)["code"]) == (2, "policy.wrong")
    file.write_text(shipped.replace("default_radius_m = 30", "default_radius_m = 31"), encoding="utf-8")
    saved = command("policy", "save", "--data", data, str(file), "--reason", "a try")
    assert (saved.returncode, json.loads(saved.stdout)["seq"]) == (0, 2)
    assert command("policy", "show", "--data", data).stdout == file.read_text(encoding="utf-8")
