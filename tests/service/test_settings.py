"""Settings come from flags and environment, and a wrong one is told."""

from pathlib import Path

import pytest

from service.errors import SettingsWrong
from service.settings import read_settings


def test_a_flag_wins_over_a_variable_and_none_is_no_flag() -> None:
    settings = read_settings({"STREETWARDEN_PORT": "9000", "STREETWARDEN_HOST": "::1"}, port="0", host=None)
    assert (settings.port, settings.host) == (0, "::1")


def test_everything_that_is_kept_lies_under_the_data_folder() -> None:
    settings = read_settings({}, data="/srv/city")
    assert settings.evidence == Path("/srv/city/evidence")
    assert settings.database_url == "sqlite:////srv/city/streetwarden.sqlite"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STREETWARDEN_PROT", "9000"),
        ("STREETWARDEN_PORT", "many"),
        ("STREETWARDEN_READ_EVERY_S", "often"),
        ("STREETWARDEN_READ_EVERY_S", "nan"),
        ("STREETWARDEN_READ_EVERY_S", "0.1"),
        ("STREETWARDEN_READ_EVERY_S", "60"),
        ("STREETWARDEN_PORT", "65536"),
        ("STREETWARDEN_PORT", "-1"),
        ("STREETWARDEN_TIMEZONE", "Mars/Base"),
        ("STREETWARDEN_TIMEZONE", "../etc/passwd"),
        ("STREETWARDEN_PUBLIC_URL", "ftp://city.example"),
    ],
)
def test_a_variable_that_is_unknown_or_wrong_is_refused(variable: str, value: str) -> None:
    with pytest.raises(SettingsWrong):
        read_settings({variable: value})


def test_other_programs_variables_are_none_of_ours() -> None:
    assert read_settings({"PORT": "1", "OTHER_PORT": "2"}).port == 8000


def test_the_anchor_of_the_trail_lies_in_the_data_unless_told_otherwise() -> None:
    assert read_settings({}, data="/srv/city").anchor_file == Path("/srv/city/anchors.jsonl")
    told = read_settings({"STREETWARDEN_ANCHOR": "/mnt/worm/anchors.jsonl"}, data="/srv/city")
    assert told.anchor_file == Path("/mnt/worm/anchors.jsonl")


def test_map_tiles_are_named_with_their_places_and_system() -> None:
    address = "https://tiles.example:8443/appmaptile?x={x}&y={y}&z={z}"
    told = read_settings({"STREETWARDEN_TILES": address, "STREETWARDEN_TILES_SYSTEM": "gcj02"})
    assert (told.tiles_origin, told.tiles_system) == ("https://tiles.example:8443", "gcj02")
    assert read_settings({}).tiles_origin is None


@pytest.mark.parametrize(
    "address", ["tiles.example/{z}/{x}/{y}", "https://a.example/{z}/{x}", "https://a.example; *//{z}{x}{y}"]
)
def test_an_address_that_names_no_tiles_is_refused(address: str) -> None:
    with pytest.raises(SettingsWrong):
        read_settings({"STREETWARDEN_TILES": address})


def test_the_engine_is_chosen_by_itself_unless_one_is_named() -> None:
    assert (read_settings({}).engine, read_settings({}).closer) == ("auto", "off")
    told = read_settings({"STREETWARDEN_ENGINE": "openvino", "STREETWARDEN_CLOSER": "on"}, engine="cuda")
    assert (told.engine, told.closer) == ("cuda", "on")


@pytest.mark.parametrize("name", ["STREETWARDEN_ENGINE", "STREETWARDEN_CLOSER"])
def test_an_engine_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(SettingsWrong):
        read_settings({name: "pickle"})
