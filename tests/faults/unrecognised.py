"""S4: what leaves is clean: no metadata, faces and plates blurred, originals only by right, with a reason, recorded."""

import csv
import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import numpy as np
from PIL import Image

from benchmarks.figures import Figure
from detector.images import open_photo
from detector.privacy import Privacy, open_privacy
from tests.detector.build import Tag, an_exif
from tests.faults import leaving
from tests.faults.inspector import REASON, evidence_id
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import create_key, running
from tests.faults.pictures import draw
from training.intervals import most_share

CANARY: Final = b"CANARY-OWNER-OF-THE-PHONE"
MARKS: Final = (CANARY, b"Exif", b"http://ns.adobe.com/xap", b"XML:com.adobe.xmp", b"Photoshop 3.0", b"GPS")
XMP: Final = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
GPS: Final[Mapping[int, Tag]] = {1: "N", 2: (31.0, 12.0, 3.0), 3: "E", 4: (121.0, 28.0, 5.0)}
FORM: Final = {"lat": "31.2", "lon": "121.4", "condition": "litter"}
MAY: Final = frozenset({"admin", "ops", "chief"})
ROLES: Final = ("admin", "ops", "chief", "inspector", "viewer")
COVERED: Final = 0.7
RECALL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Boxed:
    """What a person boxed by eye: the row that tells of it, and how wide one must be to be recognised.

    A box whose part is not `test` was looked at when a threshold was chosen, and does not count.
    """

    id: str
    title: str
    labels: Path
    least_px: float


PLATES: Final = Boxed(
    "S4-plates",
    "number plates on real street pictures that are hidden, at least 20 px wide",
    Path("datasets/plates/labels.csv"),
    20.0,
)
FACES: Final = Boxed(
    "S4-faces",
    "faces on real street pictures that are hidden, at least 7 px wide, profiles and masks included",
    Path("datasets/faces/labels.csv"),
    7.0,
)


def chatty() -> Iterator[tuple[str, bytes]]:
    """Pictures whose files tell more than the picture, by kind of file."""
    picture = Image.open(io.BytesIO(draw(7)))
    exif = an_exif(gps=GPS, camera={0x9286: CANARY.decode()})
    told: dict[str, dict[str, Any]] = {
        "JPEG": {"exif": exif, "xmp": XMP, "comment": CANARY},
        "PNG": {"exif": exif},
        "WEBP": {"exif": exif, "xmp": XMP, "lossless": True},
    }
    for form, options in told.items():
        file = io.BytesIO()
        picture.save(file, form, **options)
        yield form, file.getvalue()


def measure() -> Outcome:
    """Metadata and rights through a service, recall over labelled real pictures in this process."""
    return Outcome([*measure_clean().figures, *recall()])


def measure_clean() -> Outcome:
    """What a service hands out: pictures without metadata, originals by right alone."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        keys = {role: create_key(data, role)["key"] for role in ROLES}
        with running(data) as service, ExitStack() as open_ones:
            with service.client(keys["inspector"]) as client:
                kept = {form: stored(client, body) for form, body in chatty()}
                (ticket,) = {one["id"] for one in client.get("/api/tickets").raise_for_status().json()["items"]}
            clients = {role: open_ones.enter_context(service.client(key)) for role, key in keys.items()}
            rounds = [tell_tale(clients["viewer"], form, picture) for form, picture in kept.items()]
            photo = dict(chatty())["JPEG"]
            rounds += [leaving.tell_tale(*told, CANARY, MARKS) for told in leaving.files(clients["ops"], ticket, photo)]
            rounds += list(asked(clients, kept["JPEG"]))
    broken = [sentence for one in rounds for sentence in one["broken"]]
    title = "no metadata leaves with a picture; originals need a role and a reason and are recorded"
    scope = f"{len(kept)} kinds of file, {len(rounds)} answers"
    return Outcome([broken_cases("S4", title, broken, rounds, scope)])


def stored(client: httpx.Client, body: bytes) -> str:
    """Upload one picture; the id of its evidence."""
    answer = client.post("/api/photos", files={"file": ("a.jpg", body)}, data=FORM).raise_for_status()
    return evidence_id(client.get(f"/api/photos/{answer.json()['photo']['id']}").json())


def tell_tale(client: httpx.Client, form: str, picture: str) -> dict[str, Any]:
    """What the served picture tells beside its pixels."""
    body = client.get(f"/api/evidence/{picture}").raise_for_status().content
    found = [mark.decode() for mark in MARKS if mark in body]
    info = set(Image.open(io.BytesIO(body)).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return {"what": form, "broken": [f"{form}: {one} in the derivative" for one in (*found, *sorted(info))]}


def asked(clients: dict[str, httpx.Client], picture: str) -> Iterator[dict[str, Any]]:
    """Every role asks for the original, with and without a reason; what was seen is in the trail."""
    seen = 0
    for role, client in clients.items():
        for reason in ("", REASON):
            status = client.get(f"/api/evidence/{picture}", params={"original": "1", "reason": reason}).status_code
            wanted = 403 if role not in MAY else 200 if reason else 422
            seen += status == 200
            broken = [] if status == wanted else [f"{role} with reason '{reason}': {status}, not {wanted}"]
            yield {"what": f"original for {role}, reason '{reason}'", "status": status, "broken": broken}
    lines = clients["chief"].get("/api/audit", params={"action": "evidence.original"}).json()["items"]
    yield {"what": "audit", "broken": [] if len(lines) == seen else [f"{seen} originals seen, {len(lines)} recorded"]}


def recall() -> list[Figure]:
    """How many plates and faces that a person boxed on real pictures are hidden, and from which share on it is sure."""
    root = Path(os.environ.get("STREETWARDEN_SHARED", "../shared")) / "data" / "street"
    privacy = open_privacy(threads=os.cpu_count() or 1)
    return [told(root, boxed, privacy) for boxed in (PLATES, FACES)]


def told(root: Path, boxed: Boxed, privacy: Privacy) -> Figure:
    """The row of one kind of thing; not measured where the pictures are not here."""
    command = "make faults ONLY=S4"
    if not (root / "manifest.csv").is_file():
        reason = "needs the labelled pictures of $STREETWARDEN_SHARED"
        return Figure(boxed.id, boxed.title, None, "share", RECALL, [], command, "at_least", note=reason)
    rounds = list(hidden_on(root, boxed.labels, privacy))
    counted = [one["hidden"] for one in rounds if one["width_px"] >= boxed.least_px and one["part"] == "test"]
    share, missed = sum(counted) / len(counted), counted.count(False)
    narrowest = min(one["width_px"] for one in rounds)
    note = (
        f"{sum(counted)} of {len(counted)}, with 95 % confidence above {1 - most_share(missed, len(counted)):.2f}; of "
        f"all {len(rounds)}, the narrowest {narrowest:.0f} px, {sum(one['hidden'] for one in rounds)}; on pictures "
        "that neither trained nor tuned it"
    )
    return Figure(boxed.id, boxed.title, round(share, 3), "share", RECALL, rounds, command, "at_least", note=note)


def hidden_on(root: Path, labels: Path, privacy: Privacy) -> Iterator[dict[str, Any]]:
    """Each labelled plate or face: how wide it is, and whether most of it is hidden."""
    with (root / "manifest.csv").open(encoding="utf-8") as file:
        files = {row["sha256"]: root / row["file"] for row in csv.DictReader(file)}
    with labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for sha256 in sorted({row["sha256"] for row in rows}):
        body = files[sha256].read_bytes()
        if hashlib.sha256(body).hexdigest() != sha256:
            raise ValueError(f"{files[sha256].name} is not the picture that was labelled")
        cover = covered(privacy, body)
        for row in (row for row in rows if row["sha256"] == sha256):
            x0, y0, x1, y1 = (round(float(row[side])) for side in ("x0", "y0", "x1", "y1"))
            hidden = bool(cover[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1].mean() >= COVERED)
            width_px = round(float(row["x1"]) - float(row["x0"]), 1)
            yield {"picture": sha256[:12], "width_px": width_px, "part": row.get("part", "test"), "hidden": hidden}


def covered(privacy: Privacy, body: bytes) -> np.ndarray:
    """`(H, W)`, where a picture is hidden."""
    image = open_photo(body).image
    cover = np.zeros(image.shape[:2], bool)
    for x0, y0, x1, y1 in privacy.boxes(image):
        cover[max(0, int(y0)) : int(np.ceil(y1)), max(0, int(x0)) : int(np.ceil(x1))] = True
    return cover
