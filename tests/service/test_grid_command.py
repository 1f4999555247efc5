"""The map of duty grids from the command line: checked, imported, taken away."""

import json
from pathlib import Path
from typing import Any

from tests.serving import command


def a_feature(name: str, west: float, **told: Any) -> dict[str, Any]:
    east = west + 0.01
    ring = [[west, 31.23], [east, 31.23], [east, 31.24], [west, 31.24], [west, 31.23]]
    return {
        "type": "Feature",
        "id": name,
        "properties": {"name": name, "street": "云桥街道", **told},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_a_map_is_checked_imported_and_printed_without_a_browser(tmp_path: Path) -> None:
    data, file = str(tmp_path / "city"), tmp_path / "grids.geojson"
    features = [a_feature("g1", 121.47), a_feature("g2", 121.475, units={"litter": "nobody"})]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    checked = command("grids", "check", "--data", data, str(file))
    assert checked.returncode == 1
    assert json.loads(checked.stdout.splitlines()[0])["problem"] == "unit_unknown"
    features[1]["properties"]["units"] = {"litter": "sanitation"}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    taken = command("grids", "import", "--data", data, str(file), "--reason", "survey")
    told = [json.loads(line) for line in taken.stdout.splitlines()]
    assert (taken.returncode, told[0]["problem"], told[0]["grids"]) == (0, "overlap", ["g1", "g2"])
    assert told[-1] == {"added": 2, "changed": 0, "same": 0, "ended": 0, "others": 0, "good": True}
    away = json.loads(command("grids", "export", "--data", data).stdout)["features"]
    assert [one["properties"]["street_zh"] for one in away] == ["云桥街道"] * 2
