"""A call to somebody else: trusted, in time and whole, or told as what it was."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from service.domain.reach import Reach, read_networks
from service.errors.outside import CallGarbled, CallSilent, CallUnreachable, CallUntrusted
from service.outbound.calling import Patience, post
from service.outbound.dialing import Dialer

NEAR = Dialer(Reach(read_networks("127.0.0.1")))


@contextmanager
def a_server(answer: bytes, *, drip_s: float = 0.0, certificate: Path | None = None) -> Iterator[str]:
    """A server that answers one caller with these bytes, one by one where it drips."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            came, _ = server.accept()
            try:
                if certificate is not None:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate)
                    came = context.wrap_socket(came, server_side=True)
                came.recv(65536)
                for at in range(len(answer)) if drip_s else ():
                    came.sendall(answer[at : at + 1])
                    time.sleep(drip_s)
                came.sendall(b"" if drip_s else answer)
            except OSError:
                pass
            finally:
                came.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(10)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that the loopback made itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "own.pem"
    shape = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *shape) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_an_answer_is_read_by_its_status() -> None:
    with a_server(b"HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n") as url:
        reply = post(NEAR, url, b"{}", {})
    assert (reply.status, reply.retry_after_s) == (503, 120)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Path) -> None:
    with a_server(b"HTTP/1.1 200 OK\r\n\r\n", certificate=certificate) as url, pytest.raises(CallUntrusted):
        post(NEAR, url, b"{}", {})


def test_what_is_no_answer_is_told_as_such() -> None:
    with a_server(b"SSH-2.0-OpenSSH_9\r\n") as url, pytest.raises(CallGarbled):
        post(NEAR, url, b"{}", {})


def test_a_server_that_drips_is_cut_off() -> None:
    began = time.monotonic()
    with a_server(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50, drip_s=0.05) as url:
        with pytest.raises((CallGarbled, CallUnreachable)):
            post(NEAR, url, b"{}", {}, Patience(whole_s=0.4))
        assert time.monotonic() - began < 3


def test_a_server_that_says_nothing_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(CallSilent):
        post(NEAR, f"http://127.0.0.1:{mute.getsockname()[1]}/", b"{}", {}, Patience(each_s=0.3))


def test_nobody_there_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(CallUnreachable):
        post(NEAR, f"http://127.0.0.1:{port}/", b"{}", {})
