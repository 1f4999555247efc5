"""What a small computer at the edge says of itself, once a minute: by it, silence and a full spool are noticed."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.city import city_of
from service.domain.edge_word import EdgeWord
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Forbidden

router = APIRouter(tags=["cameras"])

Speaker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.CAMERA}))]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Bytes = Annotated[int, Field(ge=0, le=2**53)]
FAULT: Final = r"^(camera|source)\.[a-z0-9_]{1,48}$"
TROUBLE: Final = r"^[a-z0-9_]{1,24}\.[a-z0-9_]{1,38}$"


class EdgeWordWish(BaseModel):
    """How a computer at the edge is: frames since it was started, its spool since that was made.

    `camera` is what is wrong with the camera (`source.silent`, `camera.frozen`), null where nothing is, `camera.off`
    where the city itself switched it off; `trouble` why posting does not get on; `clock_off_s` how far its clock is
    before the service's.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [{"frames": 1200, "looked": 61, "said": 1, "waiting": 0, "taken": 9, "posted": 9, "dropped": 0}]
        },
    )

    frames: Count = 0
    faulty: Count = 0
    looked: Count = 0
    said: Count = 0
    waiting: Count = 0
    bytes: Bytes = 0
    taken: Count = 0
    posted: Count = 0
    refused: Count = 0
    dropped: Count = 0
    camera: Annotated[str, Field(pattern=FAULT)] | None = None
    trouble: Annotated[str, Field(pattern=TROUBLE)] | None = None
    clock_off_s: Annotated[float, Field(allow_inf_nan=False, ge=-1e10, le=1e10)] | None = None


@router.put("/api/cameras/{camera_id}/edge", status_code=204)
def say(request: Request, caller: Speaker, camera_id: str, wish: EdgeWordWish) -> Response:
    """Say how the computer is that watches this camera; a camera's key speaks for its own camera."""
    city = city_of(request)
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
    if caller.role is Role.CAMERA and caller.camera_id != camera.id:
        raise Forbidden(camera=camera.id)
    city.cameras.posts.hear(camera, EdgeWord(**wish.model_dump()), city.clock())
    return Response(status_code=204)
