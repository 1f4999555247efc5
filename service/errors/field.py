"""What goes wrong with field work and places.

NotFound
├── InspectionUnknown         inspection.unknown
└── PremisesUnknown           premises.unknown
Conflict
└── PremisesChanged           premises.changed
Unprocessable
├── InspectionTimesWrong      inspection.times_wrong
└── FrontageWrong             premises.frontage_wrong
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class InspectionUnknown(NotFound):
    """No inspection has that id."""

    code = "inspection.unknown"


class InspectionTimesWrong(Unprocessable):
    """An inspection ends before it began, lasts longer than a day, or has not been yet."""

    code = "inspection.times_wrong"


class PremisesUnknown(NotFound):
    """No premises or yard has that id."""

    code = "premises.unknown"


class PremisesChanged(Conflict):
    """Somebody has changed the premises since."""

    code = "premises.changed"


class FrontageWrong(Unprocessable):
    """A frontage is no closed ring on WGS-84, crosses itself, or is larger than a block."""

    code = "premises.frontage_wrong"
