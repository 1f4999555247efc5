"""S3: secrets that sing when they are found: in logs, answers, metrics, the process list, or in clear on disk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.memory import tree
from tests.faults.inspector import report
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, ask, create_key, create_user, running
from tests.faults.pictures import shot

TITLE: Final = "no secret in a log, an answer, a metric, the process list, or in clear on disk"
PASSWORD: Final = "canary-right-password-7Qx"
WRONG: Final = "canary-wrong-password-8Rz"
LOOPBACK: Final = {"STREETWARDEN_NETWORKS": "127.0.0.0/8"}
"""The cameras' address is this machine, which a service calls only where its operator says so."""

STREAM: Final = "canaryStream9Sv"
STREAM_AT: Final = "canaryAfterAt3Tw"
WRONG_KEY: Final = "sw_key_canaryWrongKey5Uy" + "x" * 20
IN_CLEAR_ALLOWED: Final = ("stream password", "stream password with an at sign")
"""A camera's address must be kept as it is, since the service has to call it; it leaves the disk nowhere."""


@dataclass(slots=True)
class Cage:
    """Secrets by name and everything that the service said while it knew them."""

    secrets: dict[str, str]
    answers: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def hear(self, answer: httpx.Response) -> httpx.Response:
        """Keep an answer: its head and body, but for the cookie that it is meant to set."""
        heads = "\n".join(f"{k}: {v}" for k, v in answer.headers.items() if k.lower() != "set-cookie")
        self.answers.append((f"{answer.request.method} {answer.request.url.path}", heads + "\n" + answer.text))
        return answer

    def singing(self, place: str, text: str, but: tuple[str, ...] = ()) -> Iterator[str]:
        """The secrets that are in this text."""
        for name, secret in self.secrets.items():
            if name not in but and secret in text:
                yield f"{name} in {place}"


def provoke(service: Outside, cage: Cage) -> None:
    """Do everything that handles a secret, also wrongly, and then look at all that can be read."""
    with service.client() as client:
        for password in (WRONG, PASSWORD):
            answer = cage.hear(client.post("/api/session", json={"login": "canary", "password": password}))
        cage.secrets["session cookie"] = next(iter(answer.cookies.values()))
        cage.hear(client.get("/api/session"))
        cage.hear(client.post("/api/session", json={"login": PASSWORD, "password": [WRONG]}))
        cage.hear(client.post("/api/session", content=f'{{"login": "canary", "password": "{PASSWORD}"'))
        headers = {"origin": "https://elsewhere.example"}
        cage.hear(client.post("/api/photos", data={"note": "x"}, headers=headers))
        cage.hear(client.get("/api/nothing/here"))
    with service.client(WRONG_KEY) as client:
        cage.hear(client.get("/api/tickets"))
    with service.client(cage.secrets["admin key"]) as client:
        cage.hear(report(client, shot(1)))
        for camera in ({"id": "wrong", "url": f"rtsp://root:{STREAM}@"}, {"url": f"gopher://root:{STREAM}@10.0.0.1/"}):
            cage.hear(client.post("/api/cameras", json=camera | {"kind": "fixed"}))
        for path in readable(client):
            cage.hear(client.get(path))


def readable(client: httpx.Client) -> list[str]:
    """Every GET route without a parameter, but for streams and pictures."""
    document = client.get("/openapi.json").json()
    plain = [path for path, verbs in document["paths"].items() if "get" in verbs and "{" not in path]
    return [path for path in plain if "events" not in path] + ["/metrics", "/openapi.json"]


def songs(data: Path, service: Outside, cage: Cage) -> list[dict[str, Any]]:
    """Where secrets were found, place by place."""
    places: list[tuple[str, list[str]]] = [(place, list(cage.singing(place, text))) for place, text in cage.answers]
    places.append(("the log", list(cage.singing("the log", service.words()))))
    places.append(("the process list", list(cage.singing("the process list", process_list(service.process.pid)))))
    for file in sorted(path for path in data.rglob("*") if path.is_file()):
        text = file.read_bytes().decode("latin-1")
        places.append((file.name, list(cage.singing(f"the file {file.name}", text, IN_CLEAR_ALLOWED))))
    return [{"place": place, "broken": broken} for place, broken in places]


def process_list(pid: int) -> str:
    """Command lines of the service and its children, as any user of the machine sees them."""
    return "\n".join(Path(f"/proc/{one}/cmdline").read_bytes().decode(errors="replace") for one in tree(pid))


def cameras(service: Outside, cage: Cage, key: str) -> None:
    """Two pulled cameras at an address that nobody answers; their passwords are canaries."""
    urls: Mapping[str, str] = {
        "canary-1": f"rtsp://root:{STREAM}@127.0.0.1:9/live",
        "canary-2": f"rtsp://root:p@{STREAM_AT}@127.0.0.1:9/live",
    }
    with service.client(key) as client:
        for name, url in urls.items():
            body = {"id": name, "kind": "fixed", "lat": 31.2, "lon": 121.4, "url": url}
            answer = cage.hear(client.post("/api/cameras", json=body))
            if answer.status_code not in (201, 409):
                cage.refused.append(f"{name} was not made, so nothing was shown: {answer.status_code}")


def measure() -> Outcome:
    """Provoke one service and listen; then a second life, since a start also talks."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        create_user(data, "canary", "ops", PASSWORD)
        key = create_key(data, "admin")["key"]
        secrets = {"password": PASSWORD, "wrong password": WRONG, "admin key": key, "wrong key": WRONG_KEY}
        cage = Cage(secrets | {"stream password": STREAM, "stream password with an at sign": STREAM_AT})
        command = ("camera", "create", "--data", str(data), "--id", "canary-3", "--kind", "fixed")
        ask(*command, "--lat", "31.2", "--lon", "121.4", "--url", f"rtsp://root:{STREAM}@127.0.0.1:9/live")
        for _ in range(2):
            with running(data, env=LOOPBACK) as service:
                cameras(service, cage, key)
                provoke(service, cage)
                rounds = songs(data, service, cage)
    broken = [*cage.refused, *(sentence for one in rounds for sentence in one["broken"])]
    scope = f"{len(cage.secrets)} canaries, {len(rounds)} places"
    return Outcome([broken_cases("S3", TITLE, broken, rounds, scope)])
