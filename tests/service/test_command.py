"""The service as an operator meets it: start, stop, keys, backup, damage."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.build import a_jpeg
from tests.detector.build import a_card
from tests.serving import a_key, command, environment_of, run_service, send_photo

HEAP = (100.0, 100.0, 300.0, 250.0, 0.9, 0.0)


@pytest.fixture
def card(tmp_path: Path) -> str:
    return str(a_card(tmp_path / "weights", [HEAP]))


def test_a_photo_becomes_a_ticket_in_a_service_started_from_an_empty_folder(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    with run_service(data, "--weights", card) as url, httpx.Client(base_url=url) as http:
        answer = send_photo(http, a_jpeg(), a_key(data, "inspector"), lat="31.2", lon="121.4")
        assert answer.status_code == 201, answer.text
        assert http.get("/readyz").status_code == 200
    with run_service(data, "--weights", card) as url, httpx.Client(base_url=url) as http:
        tickets = http.get("/api/tickets", headers=a_key(data, "viewer")).json()["items"]
    assert [ticket["number"] for ticket in tickets] == [answer.json()["tickets"][0]["number"]]


def test_a_first_start_prints_a_link_for_the_administrator_and_a_later_one_does_not(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    said = first_lines(data, card)
    token = said[0].rpartition("token=")[2]
    assert said[0].startswith("SETUP http://127.0.0.1:")
    assert token.startswith("sw_setup_")
    made = command(
        "user", "create", "--data", str(data), "--login", "a", "--role", "admin", "--password-stdin", told="long enough"
    )
    assert made.returncode == 0, made.stderr
    assert first_lines(data, card)[0].startswith("READY")


def first_lines(data: Path, card: str) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "service", "run", "--data", str(data), "--port", "0", "--weights", card],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment_of(data),
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if line.startswith("READY"):
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(12) == 0
    return said


def test_a_busy_port_ends_the_start_with_a_code(tmp_path: Path, card: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = command("run", "--data", str(tmp_path / "city"), "--port", port, "--weights", card)
    assert (ended.returncode, code_of(ended)) == (2, "port.busy")


def test_a_folder_in_use_ends_the_start_with_a_code(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    with run_service(data, "--weights", card):
        ended = command("run", "--data", str(data), "--port", "0", "--weights", card)
    assert (ended.returncode, code_of(ended)) == (2, "data.locked")


def test_a_folder_that_is_a_file_ends_the_start_with_a_code(tmp_path: Path, card: str) -> None:
    (tmp_path / "city").write_text("not a folder")
    ended = command("run", "--data", str(tmp_path / "city"), "--port", "0", "--weights", card)
    assert (ended.returncode, code_of(ended)) == (2, "data.unusable")


@pytest.mark.usefixtures("_in_a_file")
def test_a_database_that_is_none_ends_the_start_with_a_code_and_is_damage(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    data.mkdir()
    (data / "streetwarden.sqlite").write_bytes(b"no database" * 1000)
    ended = command("run", "--data", str(data), "--port", "0", "--weights", card)
    assert (ended.returncode, code_of(ended)) == (2, "data.unusable")
    verified = command("verify", "--data", str(data))
    assert (verified.returncode, json.loads(verified.stdout)["problem"]) == (1, "database")


def test_changed_weights_end_the_start_with_a_code(tmp_path: Path, card: str) -> None:
    (tmp_path / "weights" / "tiny.onnx").write_bytes(b"changed")
    ended = command("run", "--data", str(tmp_path / "city"), "--port", "0", "--weights", card)
    assert (ended.returncode, code_of(ended)) == (2, "weights.hash_mismatch")


@pytest.mark.parametrize(
    ("flags", "code"),
    [(["--port", "70000"], "settings.wrong"), (["--timezone", "Mars/Base"], "settings.wrong")],
)
def test_a_wrong_setting_ends_the_start_with_a_code(tmp_path: Path, flags: list[str], code: str) -> None:
    ended = command("run", "--data", str(tmp_path / "city"), *flags)
    assert (ended.returncode, code_of(ended)) == (2, code)


def code_of(ended: subprocess.CompletedProcess[str]) -> str:
    code: str = json.loads(ended.stderr.strip().splitlines()[-1])["code"]
    return code


def test_a_key_is_alone_on_stdout_and_ends_at_once(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    with run_service(data, "--weights", card) as url, httpx.Client(base_url=url) as http:
        made = json.loads(
            command("key", "create", "--data", str(data), "--name", "k", "--role", "viewer", "--json").stdout
        )
        assert set(made) == {"id", "key", "role"}
        headers = {"Authorization": f"Bearer {made['key']}"}
        assert http.get("/api/tickets", headers=headers).status_code == 200
        assert command("key", "revoke", "--data", str(data), made["id"]).returncode == 0
        assert http.get("/api/tickets", headers=headers).status_code == 401
        assert made["key"] not in (tmp_path / "city.stderr").read_text()


def test_a_cameras_key_needs_its_camera(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "city"))
    bare = command("key", "create", *where, "--name", "k", "--role", "camera")
    unknown = command("key", "create", *where, "--name", "k", "--role", "camera", "--camera", "pole")
    assert (code_of(bare), code_of(unknown)) == ("settings.wrong", "camera.unknown")
    assert (
        command("camera", "create", *where, "--id", "pole", "--kind", "fixed", "--lat", "31", "--lon", "121").returncode
        == 0
    )
    assert command("key", "create", *where, "--name", "k", "--role", "camera", "--camera", "pole").returncode == 0


def test_a_backup_taken_while_it_runs_restores_and_verifies(tmp_path: Path, card: str) -> None:
    data, copy, again = tmp_path / "city", tmp_path / "copy", tmp_path / "again"
    with run_service(data, "--weights", card) as url, httpx.Client(base_url=url) as http:
        told = send_photo(http, a_jpeg(), a_key(data, "inspector"), lat="31.2", lon="121.4").json()
        assert command("backup", "--data", str(data), "--to", str(copy)).returncode == 0
    for picture in (data / "evidence").glob("??/*"):
        picture.write_bytes(b"spoilt where it lies, after the backup")
    assert command("restore", "--data", str(again), "--from", str(copy)).returncode == 0
    assert command("verify", "--data", str(again)).returncode == 0
    with run_service(again, "--weights", card) as url, httpx.Client(base_url=url) as http:
        found = http.get(f"/api/photos/{told['photo']['id']}", headers=a_key(again, "viewer"))
    assert found.json()["tickets"] == told["tickets"]


def test_a_backup_that_is_told_no_folder_goes_under_the_data(tmp_path: Path) -> None:
    assert command("migrate", "--data", str(tmp_path / "city")).returncode == 0
    told = json.loads(command("backup", "--data", str(tmp_path / "city")).stdout)
    assert Path(told["to"]).parent == tmp_path / "city" / "backups"
    assert command("restore", "--data", str(tmp_path / "again"), "--from", told["to"]).returncode == 0


@pytest.mark.usefixtures("_in_a_file")
def test_a_database_that_is_torn_inside_is_damage(tmp_path: Path) -> None:
    data = tmp_path / "city"
    assert command("migrate", "--data", str(data)).returncode == 0
    with (data / "streetwarden.sqlite").open("r+b") as database:
        database.seek(4096)
        database.write(b"\xff" * 4096 * 20)
    ended = command("verify", "--data", str(data))
    assert (ended.returncode, json.loads(ended.stdout.splitlines()[0])["problem"]) == (1, "database")


@pytest.mark.usefixtures("_in_a_file")
def test_nobody_else_on_the_machine_reads_what_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "city"
    data.mkdir(mode=0o755)
    assert command("migrate", "--data", str(data)).returncode == 0
    assert (data / "streetwarden.sqlite").stat().st_mode & 0o007 == 0


def test_damage_is_told_a_line_each(tmp_path: Path, card: str) -> None:
    data = tmp_path / "city"
    with run_service(data, "--weights", card) as url, httpx.Client(base_url=url) as http:
        key = a_key(data, "inspector")
        first = send_photo(http, a_jpeg(), key).json()["photo"]["sha256"]
        second = send_photo(http, a_jpeg(colour=(1, 2, 3)), key).json()["photo"]["sha256"]
    (data / "evidence" / first[:2] / first[2:]).unlink()
    (data / "evidence" / second[:2] / second[2:]).write_bytes(b"changed")
    ended = command("verify", "--data", str(data))
    told = {line["sha256"]: line["problem"] for line in map(json.loads, ended.stdout.splitlines())}
    assert (ended.returncode, told) == (1, {first: "missing", second: "changed"})
