"""Where this service is deployed: built once from flags and environment, frozen, passed down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from detector.engine import WANTED, Wanted
from service.domain.reach import Network, read_networks
from service.errors import SettingsWrong

PREFIX: Final = "STREETWARDEN_"
OPEN311: Final = ("open", "key", "off")
ROOT: Final = Path(__file__).resolve().parents[1]


TILES: Final = re.compile(r"(https?://[A-Za-z0-9.:\-]+)(?=\S*\{z\})(?=\S*\{x\})(?=\S*\{y\})/[^\s\"';,]*")
SWITCH: Final = ("on", "off")
BUCKET: Final = re.compile(r"s3://[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9](/[A-Za-z0-9][A-Za-z0-9._\-]*)*/?")
WATCHED: Final = ("here", "cluster")
SHORTEST_READ_S, LONGEST_READ_S = 2.0, 40.0
"""From one picture a minute on, a camera is one that sends seldom: see `SELDOM_FROM_S`."""

TILE_SYSTEMS: Final = ("wgs84", "gcj02")
CHOICES: Final = {
    "open311": OPEN311,
    "closer": SWITCH,
    "public_page": SWITCH,
    "cameras": WATCHED,
    "tiles_system": TILE_SYSTEMS,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Everything that the service keeps lies under `data`.

    Attributes:
        data: the folder with database, evidence and lock.
        host: the address to listen at.
        port: 0 picks a free one.
        database_url: SQLAlchemy's address; by default SQLite in `data`.
        weights: the weights card to run.
        engine: what runs the weights: `auto` is OpenVINO where it is installed and the card holds a file for it, else
            ONNX Runtime, with eight bits where they pay; or one by name, on a graphics card `cuda` or `tensorrt`.
        closer: `on` looks at large photos of people a second time, where small ads may be: nearly twice the time.
        timezone: of EXIF times without an offset, and of working hours.
        shared: the team's folder of pictures and start weights; it may be absent.
        cache: renders, downloads and what TensorRT built; it may be emptied at any time.
        public_url: where people reach the service, when a proxy stands before it; its scheme decides whether
            cookies are `Secure`, its host is the only one that an `Origin` may name. Only then is the address
            believed that the proxy says a request came from.
        networks: beside the public internet, the networks whose cameras and webhooks may be called.
        open311: who may report without an account: `open` for everybody, `key` for holders of a key, `off`.
        public_page: `on` shows citizens the page `/report`, over the routes of Open311 that `open311` opens.
        tiles: the address of map tiles with {z}, {x} and {y}, e.g. `https://tiles.example/{z}/{x}/{y}.png`; without it
            the map is the city's own street file alone.
        tiles_system: in which system these tiles are drawn: wgs84, or gcj02 as Chinese maps are.
        cameras: who reads the cameras that are to be read: `here`, this process; `cluster`, the watchmen that
            `python -m service cluster` keeps on many machines.
        read_every_s: between two pictures that are read of a camera, 2 to 40 s: most of what a camera costs. A frozen,
            dark or turned picture is told after some of them; silence is noticed as soon as ever.
        bucket: where evidence is kept instead of in `data`: `s3://BUCKET/PREFIX` of a store that speaks S3, for many
            machines. Its address and keys are read as `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
        anchor: the file that the heads of the audit trail are written to; by default in `data`, better elsewhere.
    """

    data: Path
    host: str
    port: int
    database_url: str
    weights: Path
    timezone: ZoneInfo
    shared: Path
    cache: Path
    public_url: str | None = None
    anchor: Path | None = None
    networks: tuple[Network, ...] = ()
    open311: str = "open"
    public_page: str = "off"
    tiles: str | None = None
    tiles_system: str = "wgs84"
    engine: Wanted = "auto"
    closer: str = "off"
    cameras: str = "here"
    read_every_s: float = 5.0
    bucket: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise SettingsWrong(name="port", value=str(self.port))
        if self.public_url is not None and not self.public_url.startswith(("http://", "https://")):
            raise SettingsWrong(name="public_url", value=self.public_url)
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise SettingsWrong(name=name, value=getattr(self, name))
        if self.tiles is not None and not TILES.fullmatch(self.tiles):
            raise SettingsWrong(name="tiles", value=self.tiles)
        if self.bucket is not None and not BUCKET.fullmatch(self.bucket):
            raise SettingsWrong(name="bucket", value=self.bucket)
        if not SHORTEST_READ_S <= self.read_every_s <= LONGEST_READ_S:
            raise SettingsWrong(name="read_every_s", value=str(self.read_every_s))

    @property
    def tiles_origin(self) -> str | None:
        """The server that pages may fetch map tiles from."""
        told = TILES.fullmatch(self.tiles) if self.tiles else None
        return told.group(1) if told else None

    @property
    def evidence(self) -> Path:
        """The folder of pictures by SHA-256, unless they are kept in a bucket."""
        return self.data / "evidence"

    @property
    def anchor_file(self) -> Path:
        """Where the heads of the audit trail are written down."""
        return self.anchor or self.data / "anchors.jsonl"


def read_settings(environment: Mapping[str, str], **flags: str | None) -> Settings:
    """Settings from `STREETWARDEN_*` variables; a flag that is not None wins.

    Raises:
        SettingsWrong: an unknown variable, or a value that cannot be used.

    >>> read_settings({"STREETWARDEN_PORT": "9000"}, data="var", port=None).port
    9000
    """
    known = {field.name for field in fields(Settings)}
    given = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    if unknown := sorted(set(given) - known):
        raise SettingsWrong(name=PREFIX + unknown[0].upper())
    given |= {name: value for name, value in flags.items() if value is not None}
    data = Path(given.get("data", "var/demo")).expanduser().absolute()
    return Settings(
        data=data,
        host=given.get("host", "127.0.0.1"),
        port=_port(given.get("port", "8000")),
        database_url=given.get("database_url", f"sqlite:///{data / 'streetwarden.sqlite'}"),
        weights=Path(given.get("weights", ROOT / "weights" / "current.toml")).expanduser().absolute(),
        timezone=_zone(given.get("timezone", "Asia/Shanghai")),
        shared=Path(given.get("shared", ROOT.parent / "shared")).expanduser().absolute(),
        cache=Path(given.get("cache", "~/.cache/streetwarden")).expanduser().absolute(),
        public_url=given.get("public_url"),
        anchor=Path(given["anchor"]).expanduser().absolute() if "anchor" in given else None,
        networks=_networks(given.get("networks", "")),
        open311=given.get("open311", "open"),
        public_page=given.get("public_page", "off"),
        tiles=given.get("tiles"),
        tiles_system=given.get("tiles_system", "wgs84"),
        engine=_engine(given.get("engine", "auto")),
        closer=given.get("closer", "off"),
        cameras=given.get("cameras", "here"),
        read_every_s=_seconds("read_every_s", given.get("read_every_s", "5")),
        bucket=given.get("bucket"),
    )


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise SettingsWrong(name="port", value=value)
    return int(value)


def _seconds(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise SettingsWrong(name=name, value=value) from error


def _engine(value: str) -> Wanted:
    for one in WANTED:
        if value == one:
            return one
    raise SettingsWrong(name="engine", value=value)


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return read_networks(value)
    except ValueError as error:
        raise SettingsWrong(name="networks", value=value) from error


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise SettingsWrong(name="timezone", value=value) from error
