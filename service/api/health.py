"""Is it alive, can it answer, and what does it count."""

from collections import Counter

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from service.api.access import PUBLIC
from service.api.city import city_of
from service.cameras.health import STATES
from service.errors import Busy
from service.inference import Lane

router = APIRouter(tags=["health"], dependencies=[PUBLIC])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """200 as long as the process lives."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(request: Request) -> dict[str, str]:
    """200 once the database answers and the model can look; 503 before, and while the service stops."""
    city = city_of(request)
    if city.stopping.is_set() or not city.eye.is_open:
        raise Busy(retry_after_s=1)
    with city.store.read() as rows:
        rows.connection.execute(text("SELECT 1"))
    return {"status": "ready"}


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Prometheus' text format."""
    city = city_of(request)
    for lane in Lane:
        city.numbers.waiting.labels(lane.name.lower()).set(city.pool.waiting(lane))
    cameras = city.cameras.health().values()
    states = Counter(health.state for health in cameras)
    for state in STATES:
        city.numbers.cameras.labels(state).set(states[state])
    city.numbers.troubles.clear()
    for trouble, count in Counter(health.trouble for health in cameras if health.trouble).items():
        city.numbers.troubles.labels(trouble).set(count)
    return Response(generate_latest(city.numbers.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
