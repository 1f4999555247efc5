"""Errors about cameras, photos, observations and the pictures behind them.

├── CameraUnknown             404 camera.unknown
├── PhotoUnknown              404 photo.unknown
├── ObservationUnknown        404 observation.unknown
├── EvidenceUnknown           404 evidence.unknown
├── PhotoPlaced               409 photo.placed
├── CameraExists              409 camera.exists
├── ZonesChanged              409 zones.changed
├── VerdictReasonMissing      422 verdict.reason_missing
├── VerdictConditionMissing   422 verdict.condition_missing
├── VerdictBoxMissing         422 verdict.box_missing
├── ReviewNotAsked            409 review.not_asked
├── OriginalReasonMissing     422 evidence.reason_missing
├── ConditionUnknown          422 condition.unknown
├── PlaceOutOfRange           422 place.out_of_range
└── TimeWithoutZone           422 time.no_zone
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class CameraUnknown(NotFound):
    """There is no camera of that id."""

    code = "camera.unknown"


class PhotoUnknown(NotFound):
    """There is no photo of that id."""

    code = "photo.unknown"


class ObservationUnknown(NotFound):
    """There is no observation of that id."""

    code = "observation.unknown"


class EvidenceUnknown(NotFound):
    """There is no picture of that id, or its bytes are gone."""

    code = "evidence.unknown"


class PhotoPlaced(Conflict):
    """The photo has another place already."""

    code = "photo.placed"


class CameraExists(Conflict):
    """A camera of that id is there already."""

    code = "camera.exists"


class ZonesChanged(Conflict):
    """Somebody has drawn something else into the camera's picture since."""

    code = "zones.changed"


class VerdictReasonMissing(Unprocessable):
    """A rejected observation needs a reason."""

    code = "verdict.reason_missing"


class VerdictConditionMissing(Unprocessable):
    """Another condition has to be named."""

    code = "verdict.condition_missing"


class VerdictBoxMissing(Unprocessable):
    """Another box has to be drawn."""

    code = "verdict.box_missing"


class ReviewNotAsked(Conflict):
    """Nobody asks for a second look at this sighting, or somebody has looked."""

    code = "review.not_asked"


class OriginalReasonMissing(Unprocessable):
    """Who looks at an unblurred original says why."""

    code = "evidence.reason_missing"


class ConditionUnknown(Unprocessable):
    """The catalog has no such condition."""

    code = "condition.unknown"


class PlaceOutOfRange(Unprocessable):
    """The place is not on earth."""

    code = "place.out_of_range"


class TimeWithoutZone(Unprocessable):
    """A time field came without a zone."""

    code = "time.no_zone"
