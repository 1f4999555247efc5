"""Whatever is sent, the answer is the contract's, quick, and nothing else is disturbed."""

import io
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from PIL import Image

from service.domain.states import Role
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

MIB = 1024 * 1024
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64


def a_header_of_30000_by_30000() -> bytes:
    """A JPEG that announces 900 Mpx and holds none of them."""
    small = a_jpeg()
    at = small.index(b"\xff\xc0")
    return small[: at + 5] + (30000).to_bytes(2) * 2 + small[at + 9 :]


def a_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [
        (b"hello", 415, "photo.not_an_image"),
        (SVG, 415, "photo.not_an_image"),
        (HTML, 415, "photo.not_an_image"),
        (HEIC, 415, "photo.not_an_image"),
        (b"GIF89a" + b"\0" * 32, 415, "photo.not_an_image"),
        (b"", 422, "photo.empty"),
        (a_jpeg()[:300], 422, "photo.truncated"),
        (a_png()[:-30], 422, "photo.truncated"),
        (a_header_of_30000_by_30000(), 413, "photo.too_many_pixels"),
    ],
    ids=["text", "svg", "html", "heic", "gif", "empty", "cut jpeg", "cut png", "900 Mpx"],
)
def test_a_file_that_is_no_photo_costs_one_refusal(serving: Serving, photo: bytes, status: int, code: str) -> None:
    key = serving.key(Role.INSPECTOR)
    began = time.monotonic()
    answer = send_photo(serving.http, photo, key, lat="31.2", lon="121.4")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert time.monotonic() - began < 2
    assert send_photo(serving.http, a_jpeg(), key, lat="31.2", lon="121.4").status_code == 201


def test_a_photo_with_broken_exif_is_a_photo(serving: Serving) -> None:
    broken = b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0\xff\xff\xff\xff" + b"\xaa" * 16 + a_jpeg()[2:]
    answer = send_photo(serving.http, broken, serving.key(Role.INSPECTOR))
    assert (answer.status_code, answer.json()["needs"]) == (201, ["place"])


def test_100_megabytes_are_refused_before_they_are_read(serving: Serving) -> None:
    address = urlsplit(str(serving.http.base_url))
    head = (
        f"POST /api/photos HTTP/1.1\r\nHost: {address.netloc}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 104857600\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        wire.sendall(head.encode())
        answer = ""
        while "photo.too_large" not in answer and (more := wire.recv(4096)):
            answer += more.decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "photo.too_large" in answer


def test_a_stream_without_an_end_is_cut_at_its_limit(serving: Serving) -> None:
    def parts() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(36):
            yield b"\xff" * MIB

    headers = serving.key(Role.INSPECTOR) | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = serving.http.post("/api/photos", content=parts(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "photo.too_large")


def test_a_file_of_more_than_32_mebibytes_is_too_large(serving: Serving) -> None:
    answer = send_photo(serving.http, a_jpeg() + b"\0" * (32 * MIB), serving.key(Role.INSPECTOR))
    assert (answer.status_code, answer.json()["code"]) == (413, "photo.too_large")


def test_no_stranger_sends_a_large_form_where_no_picture_goes(serving: Serving) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = serving.http.post("/api/session", content=b"x" * MIB, headers=kind)
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_a_body_of_json_has_a_limit_too(serving: Serving) -> None:
    answer = serving.http.post("/api/session", json={"login": "a", "password": "x" * 300_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"login": "\\ud800", "password": "x"}', "application/json", 422),
        (b'{"login": "a", "password": NaN}', "application/json", 422),
        (b'{"login": "a\\u0000b", "password": "x"}', "application/json", 422),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"login=a", "application/x-www-form-urlencoded", 400),
        (b"", "application/json", 422),
    ],
)
def test_a_wrong_body_is_refused_with_a_code(serving: Serving, content: bytes, kind: str, status: int) -> None:
    answer = serving.http.post("/api/session", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"code", "facts", "trace_id"}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "multipart/form-data", 400),
        (b"--y", "multipart/form-data; boundary=x", 400),
        (b"{}", "application/json", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            422,
        ),
        (b"--x--\r\n", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n" + b"A: b\r\n" * 2000, "multipart/form-data; boundary=x", 400),
    ],
)
def test_a_wrong_form_is_refused_with_a_code(serving: Serving, content: bytes, kind: str, status: int) -> None:
    headers = serving.key(Role.INSPECTOR) | {"Content-Type": kind}
    answer = serving.http.post("/api/photos", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"code", "facts", "trace_id"}


@pytest.mark.parametrize("moment", ["0001-01-02T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_in_a_year_of_nobodys_is_refused(serving: Serving, moment: str) -> None:
    serving.add_camera("pole")
    form = {"taken_at": moment, "condition": "litter", "lat": "31.2", "lon": "121.4"}
    for path in ("/api/photos", "/api/cameras/pole/frames"):
        files = {"file": ("street.jpg", a_jpeg())}
        answer = serving.http.post(path, files=files, data=form, headers=serving.key(Role.OPS))
        assert (answer.status_code, answer.json()["facts"]) == (422, {"field": "taken_at", "problem": "not_a_time"})


@pytest.mark.parametrize(("charset", "note"), [("unicode_escape", b"\\ud800"), ("utf-7", b"+2AA-")])
def test_half_a_sign_in_a_charset_of_the_senders_choice_is_no_text(serving: Serving, charset: str, note: bytes) -> None:
    parts = ((b'name="note"', note), (b'name="file"; filename="street.jpg"', a_jpeg()))
    told = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n" + body + b"\r\n" for name, body in parts
    )
    kind = {"Content-Type": f"multipart/form-data; charset={charset}; boundary=x"}
    answer = serving.http.post("/api/photos", content=told + b"--x--", headers=kind | serving.key(Role.OPS))
    assert (answer.status_code, answer.json()["facts"]) == (422, {"field": "note", "problem": "not_text"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/nothing", 404),
        ("/api/tickets/%00", 422),
        ("/api/tickets/" + "x" * 5000, 404),
        ("/api/tickets?limit=0", 422),
        ("/api/tickets?limit=99999999999999999999", 422),
        ("/api/tickets?state=nowhere", 422),
        ("/api/tickets?bbox=1,2,3", 422),
        ("/api/tickets?bbox=nan,nan,nan,nan", 422),
        ("/api/tickets?q=%25_%27--", 200),
        ("/api/tickets?q=a%00", 422),
        ("/api/evidence/%00", 422),
        ("/api/tickets?surprise=1", 422),
        ("/api/tickets?cursor=%F0%9F%98%80", 200),
        ("/api/evidence/..%2f..%2fetc%2fpasswd", 404),
        ("/static/../settings.py", 404),
        ("/static/..%2f..%2fsettings.py", 404),
        ("/static/vendor/update.mjs", 404),
        ("/static/pages/login.html", 404),
        ("/static/%00.js", 422),
        ("/static/js", 404),
    ],
)
def test_a_wrong_address_is_answered_with_a_code(serving: Serving, path: str, status: int) -> None:
    answer = serving.http.get(path, headers=serving.key(Role.OPS))
    assert answer.status_code == status, answer.text
    assert status == 200 or set(answer.json()) == {"code", "facts", "trace_id"}


def test_invented_verbs_fill_no_memory(serving: Serving) -> None:
    for number in range(3):
        assert serving.http.request(f"INVENTED{number}", "/api/photos").status_code == 405
    told = serving.http.get("/metrics").text
    assert "INVENTED" not in told
    assert 'streetwarden_requests_total{method="other",route="/api/photos",status="405"} 3.0' in told


def test_a_sender_who_leaves_is_no_failure_of_ours(serving: Serving) -> None:
    with socket.create_connection((serving.http.base_url.host, serving.http.base_url.port or 0)) as cut:
        head = {"Host": "x", "Content-Type": "multipart/form-data; boundary=x", "Content-Length": "999"}
        lines = [f"{name}: {value}" for name, value in (head | serving.key(Role.OPS)).items()]
        cut.sendall("\r\n".join(["POST /api/photos HTTP/1.1", *lines, "", "--x"]).encode())
        time.sleep(0.3)  # until its body is waited for
    limit = time.monotonic() + 5
    while 'route="/api/photos",status="499"} 1.0' not in serving.http.get("/metrics").text:
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_wrong_verb_is_answered_with_a_code(serving: Serving) -> None:
    answer = serving.http.put("/api/tickets")
    assert (answer.status_code, answer.json()["code"]) == (405, "route.method_refused")


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer x", "Basic YTpi", "x" * 3000, "Bearer \x7f", "bearer a b c"]
)
def test_a_wrong_key_is_invalid(serving: Serving, authorization: str) -> None:
    answer = serving.http.get("/api/tickets", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalid")


@pytest.mark.parametrize("key", ["x" * 256, "\x01"])
def test_a_wrong_idempotency_key_is_refused(serving: Serving, key: str) -> None:
    answer = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR) | {"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


def test_no_answer_repeats_what_was_sent(serving: Serving) -> None:
    answer = serving.http.post("/api/session", json={"login": "a b", "password": "canary-in-a-password"})
    assert answer.status_code == 422
    assert "canary" not in answer.text
