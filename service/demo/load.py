"""Fill an empty city with the invented district: by the same calls that the routes make, so it shows what was found."""

import json
import threading
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import insert, select

from detector.catalog import Name
from detector.errors import DetectorError
from detector.types import GeoPoint
from service.api.catalog import STREETS
from service.api.city import City
from service.cameras.register import NewCamera, register
from service.demo.people import NAMES, PASSWORD, make_people, password_for
from service.demo.real import real_pictures
from service.demo.story import tell_story
from service.domain.policy import HandlingUnit
from service.domain.routing import Grid, Street
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Busy, CameraExists, IdempotencyMismatch, ServiceError
from service.sent import SentFrame, SentPhoto
from service.store.tables import meta

HERE: Final = Path(__file__).parent
LOADED: Final = "demo"
PATIENCE_S: Final = 60.0

log = structlog.get_logger(__name__)


def begin_demo(city: City) -> None:
    """Make the district and its people, and send its pictures on a thread; a city that has them is left alone."""
    password = password_for(city)
    is_new = not is_loaded(city)
    make_district(city)
    if is_new:
        make_people(city, password)
        threading.Thread(target=_send_all, args=(city,), name="demo", daemon=True).start()
    if is_new or password == PASSWORD:
        logins = ",".join(role.value for role in NAMES)
        print(f"DEMO logins={logins} password={password}", flush=True)


def is_loaded(city: City) -> bool:
    """Whether the pictures were all sent at an earlier start."""
    with city.store.read() as rows:
        return rows.connection.execute(select(meta.c.value).where(meta.c.key == LOADED)).scalar() is not None


def make_district(city: City) -> None:
    """Streets, units, duty grids and cameras, also again: the clip may lie elsewhere since the last start."""
    (city.settings.data / STREETS).write_bytes((HERE / STREETS).read_bytes())
    with city.store.write() as rows:
        rows.units.put(HandlingUnit(row["id"], _name(row)) for row in _json("units.json"))
        there = {grid.id for grid in rows.grids.all()}
        drawn = [row for row in _json("grids.geojson")["features"] if row["id"] not in there]
        rows.grids.put_streets(_street(row["properties"]) for row in drawn)
        rows.units.put_grids(_grid(row) for row in drawn)
    for row in _json("cameras.json"):
        _make_camera(city, row)


def _street(told: Mapping[str, Any]) -> Street:
    return Street(told["street"], Name(en=told["street_en"], zh=told["street_zh"]))


def _grid(row: Mapping[str, Any]) -> Grid:
    told = row["properties"]
    return Grid(row["id"], _name(told), row["geometry"], told["units"], street=told["street"])


def _make_camera(city: City, row: Mapping[str, Any]) -> None:
    clip = HERE / row["url"] if row.get("url") else None
    camera = NewCamera(
        id=row["id"],
        kind=row["kind"],
        name=f"{row['name_zh']} {row['name_en']}",
        lat=row.get("lat"),
        lon=row.get("lon"),
        heading_deg=row.get("heading_deg"),
        url=str(clip) if clip and clip.is_file() else None,
    )
    try:
        register(city.store, camera, city.clock(), files_allowed=True)
    except CameraExists:
        with city.store.write() as rows:
            kept = rows.cameras.get(camera.id)
            rows.cameras.replace(replace(kept, url=camera.url))


def _send_all(city: City) -> None:
    told = tomllib.loads((HERE / "city.toml").read_text(encoding="utf-8"))["pictures"]
    real = real_pictures(city.settings.shared / "data" / "street", city.settings.cache / "data" / "samples")
    pictures = [*(row for row in told if (HERE / row["file"]).is_file()), *real]
    try:
        for row in pictures:
            if row["source"] != "after":
                _send_patiently(city, row)
        tell_story(city, [row for row in pictures if row["source"] == "after"])
    except (ServiceError, DetectorError) as error:
        log.error("the demo city was not loaded to the end", code=error.code, facts=error.facts)
        return
    with city.store.write() as rows:
        rows.connection.execute(insert(meta).values(key=LOADED, value=city.clock().isoformat()))
    log.info("the demo city is loaded", pictures=len(pictures))


def _send(city: City, row: Mapping[str, Any]) -> None:
    data = picture_file(row).read_bytes()
    place = GeoPoint(row["lat"], row["lon"], row.get("accuracy_m"))
    taken_at = city.clock() - timedelta(minutes=row["minutes_ago"])
    if row["source"] == Role.INSPECTOR:
        inspector = city.people.actor(Role.INSPECTOR.value)
        with suppress(IdempotencyMismatch):  # sent at an earlier start, which gave it another moment
            city.intake.photo(SentPhoto(data, inspector, key_of(row), place, taken_at, note=row.get("caption_zh")))
    else:
        with city.store.read() as rows:
            camera = rows.cameras.get(row["source"])
        actor = Actor(camera.id, camera.id, Role.CAMERA, camera_id=camera.id)
        city.intake.frame(SentFrame(data, camera, taken_at, place), actor)
    city.jobs.wake()


def key_of(row: Mapping[str, Any]) -> str:
    """The idempotency key under which a demo picture is sent."""
    return f"demo {row['file']}"


def picture_file(row: Mapping[str, Any]) -> Path:
    """Where a picture lies: in this package, or wherever a real one was found."""
    return HERE / str(row["file"])


def _send_patiently(city: City, row: Mapping[str, Any]) -> None:
    """Send a picture, and wait while people are served first; Busy if that takes too long."""
    until = time.monotonic() + PATIENCE_S
    while not city.stopping.is_set():
        try:
            _send(city, row)
            return
        except Busy:
            if time.monotonic() > until:
                raise
            city.stopping.wait(1)


def _json(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def _name(row: Mapping[str, Any]) -> Name:
    return Name(en=row["name_en"], zh=row["name_zh"])
