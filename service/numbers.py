"""What Prometheus may count, in a registry of this service's own."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counters and gauges; names begin with `streetwarden_`."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    request_seconds: Histogram = field(init=False)
    photos: Counter = field(init=False)
    frames: Counter = field(init=False)
    refused: Counter = field(init=False)
    tickets: Counter = field(init=False)
    deliveries: Counter = field(init=False)
    waiting: Gauge = field(init=False)
    cameras: Gauge = field(init=False)
    troubles: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "requests": Counter(
                "streetwarden_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
            ),
            "request_seconds": Histogram(
                "streetwarden_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=self.registry
            ),
            "photos": Counter("streetwarden_photos", "Photos by outcome", ("outcome",), registry=self.registry),
            "frames": Counter("streetwarden_frames", "Frames by outcome", ("outcome",), registry=self.registry),
            "refused": Counter(
                "streetwarden_refused",
                "Photos and frames for which there was no room",
                ("what",),
                registry=self.registry,
            ),
            "tickets": Counter("streetwarden_tickets", "Sightings by outcome", ("outcome",), registry=self.registry),
            "deliveries": Counter(
                "streetwarden_deliveries", "Calls to webhooks by outcome", ("outcome",), registry=self.registry
            ),
            "waiting": Gauge("streetwarden_waiting", "Jobs that wait for the model", ("lane",), registry=self.registry),
            "cameras": Gauge("streetwarden_cameras", "Cameras by state", ("state",), registry=self.registry),
            "troubles": Gauge(
                "streetwarden_camera_troubles", "Cameras in trouble, by its code", ("trouble",), registry=self.registry
            ),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)
