"""What goes wrong with field work and places.

NotFound
├── InspectionUnknown         inspection.unknown
├── InspectorUnknown          inspector.unknown
├── TaskUnknown               task.unknown
└── PremisesUnknown           premises.unknown
Conflict
├── PremisesChanged           premises.changed
└── TaskTaken                 task.taken
Unprocessable
├── InspectionTimesWrong      inspection.times_wrong
├── PremisesTableUnreadable   premises.table_unreadable
├── PremisesTableTooLarge     premises.table_too_large (413)
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


class PremisesTableUnreadable(Unprocessable):
    """A file is no xlsx and no CSV, or has no head over names of premises."""

    code = "premises.table_unreadable"


class PremisesTableTooLarge(Unprocessable):
    """A table of premises has more bytes, rows or columns than is taken at once."""

    code = "premises.table_too_large"
    status = 413


class InspectorUnknown(NotFound):
    """No inspector has that login, or the account is closed."""

    code = "inspector.unknown"


class TaskUnknown(NotFound):
    """The ticket does not wait for anybody to go there, or nobody has taken the task."""

    code = "task.unknown"


class TaskTaken(Conflict):
    """Somebody else has the task."""

    code = "task.taken"
