"""HTTPS for phones: what the authority vouches for, and that the relay gives what the service gives."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from service.domain.states import Role
from service.errors import SettingsWrong
from service.phone import Trust, relay, trust_for
from service.phone_command import code_of
from service.store.tables import login_attempts
from tests.serving import PASSWORD, Serving, command, serve


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city") as serving:
        yield serving


@contextmanager
def relayed(trust: Trust, to: int, host: str = "127.0.0.1") -> Iterator[tuple[int, int]]:
    """The ports of a relay to a service: TLS, and the authority."""
    loop = asyncio.new_event_loop()
    with socket.create_server((host, 0)) as listener, socket.create_server(("127.0.0.1", 0)) as handing_out:
        ports = listener.getsockname()[1], handing_out.getsockname()[1]
        task = loop.create_task(relay(trust, listener, ("127.0.0.1", to), handing_out))

        def run() -> None:
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)

        thread = threading.Thread(target=run)
        thread.start()
        yield ports
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def test_a_phone_that_trusts_the_authority_reaches_the_service(serving: Serving, tmp_path: Path) -> None:
    trust = trust_for("127.0.0.1", tmp_path / "https")
    with relayed(trust, serving.http.base_url.port or 0) as (https, ca):
        handed = httpx.get(f"http://127.0.0.1:{ca}/streetwarden-ca.crt")
        assert handed.headers["content-type"] == "application/x-x509-ca-cert"
        trusted = ssl.create_default_context(cadata=handed.text)
        with httpx.Client(verify=trusted) as phone:
            assert phone.get(f"https://127.0.0.1:{https}/upload").status_code == 200
            serving.person("chen", Role.INSPECTOR)
            told = {"login": "chen", "password": PASSWORD}
            assert phone.post(f"https://127.0.0.1:{https}/api/session", json=told).status_code == 204
            assert phone.get(f"https://127.0.0.1:{https}/api/session").json()["login"] == "chen"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://127.0.0.1:{https}/upload")


def test_each_phone_is_an_address_of_its_own_to_the_service(serving: Serving, tmp_path: Path) -> None:
    trust = trust_for("127.0.0.1", tmp_path / "https")
    trusted = ssl.create_default_context(cafile=trust.authority)
    with relayed(trust, serving.http.base_url.port or 0) as (https, _):
        for phone in ("127.0.1.2", "127.0.1.3"):
            with httpx.Client(transport=httpx.HTTPTransport(verify=trusted, local_address=phone)) as guessing:
                told = {"login": "nobody", "password": "wrong password"}
                spoofed = {"X-Forwarded-For": "10.9.8.7"}
                answer = guessing.post(f"https://127.0.0.1:{https}/api/session", json=told, headers=spoofed)
                assert answer.status_code == 401
    with serving.city.store.read() as rows:
        found = rows.connection.execute(select(login_attempts.c.address).order_by(login_attempts.c.address)).scalars()
        assert list(found) == ["127.0.1.2", "127.0.1.3"]


def test_the_authority_vouches_for_no_other_host_even_where_its_key_signs(tmp_path: Path) -> None:
    one = trust_for("127.0.0.1", tmp_path / "https")
    forged = Trust(one.authority, tmp_path / "forged.pem", tmp_path / "forged-key.pem")
    asked, wish = tmp_path / "asked.pem", tmp_path / "wish.cnf"
    subject = ("-subj", "/CN=127.0.0.2", "-keyout", str(forged.key), "-out", str(asked))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject)
    wish.write_text("subjectAltName = IP:127.0.0.2\n")
    key = tmp_path / "https" / "127.0.0.1-ca-key.pem"
    signed = ("-CA", str(one.authority), "-CAkey", str(key), "-extfile", str(wish), "-out", str(forged.chain))
    openssl("x509", "-req", "-in", str(asked), *signed)
    with relayed(forged, 1, host="127.0.0.2") as (https, _):
        trusted = ssl.create_default_context(cafile=one.authority)
        with pytest.raises(httpx.ConnectError, match="permitted subtree violation"):
            httpx.get(f"https://127.0.0.2:{https}/", verify=trusted)


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def test_the_authority_stays_so_that_phones_trust_it_once(tmp_path: Path) -> None:
    first = trust_for("192.168.1.20", tmp_path / "https").authority.read_bytes()
    assert trust_for("192.168.1.20", tmp_path / "https").authority.read_bytes() == first
    assert (tmp_path / "https").stat().st_mode & 0o777 == 0o700


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    told = command("phone", "--data", str(tmp_path), "--name", "a b", "--https-port", "0", "--ca-port", "0")
    assert (told.returncode, '"name"' in told.stderr) == (2, True)
    assert SettingsWrong.code in told.stderr


def test_a_code_is_as_wide_as_it_is_high() -> None:
    lines = code_of("https://192.168.1.20:8443/upload").splitlines()
    assert {len(line) for line in lines} == {33}
    assert len(lines) == 17
