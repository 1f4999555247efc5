"""What goes wrong with papers, campaigns and dossiers.

NotFound
├── CampaignUnknown           campaign.unknown
├── EvaluationUnknown         evaluation.unknown
├── LetterUnknown             letter.unknown
├── DossierUnknown            dossier.unknown
└── ReportUnknown             report.unknown
Conflict
├── CampaignChanged           campaign.changed
├── DossierNotConfirmed       dossier.not_confirmed
└── DossierSamePerson         dossier.same_person
Unprocessable
├── EvaluationUnreadable      evaluation.unreadable
├── ReportTooLarge            report.too_large
└── NumberUnreadable          dossier.no_number
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class CampaignUnknown(NotFound):
    """No campaign has that id."""

    code = "campaign.unknown"


class CampaignChanged(Conflict):
    """Somebody has changed the campaign since."""

    code = "campaign.changed"


class EvaluationUnknown(NotFound):
    """No evaluation table has that id."""

    code = "evaluation.unknown"


class EvaluationUnreadable(Unprocessable):
    """A file holds no evaluation table that could be read."""

    code = "evaluation.unreadable"


class LetterUnknown(NotFound):
    """No letter has that number."""

    code = "letter.unknown"


class ReportUnknown(NotFound):
    """There is no report of that kind."""

    code = "report.unknown"


class ReportTooLarge(Unprocessable):
    """A report would list more than one file holds; ask for less."""

    code = "report.too_large"


class DossierUnknown(NotFound):
    """No dossier is kept about that number."""

    code = "dossier.unknown"


class DossierNotConfirmed(Conflict):
    """Two people have to confirm a number before anything is done about it."""

    code = "dossier.not_confirmed"


class DossierSamePerson(Conflict):
    """The second look at a number is another person's."""

    code = "dossier.same_person"


class NumberUnreadable(Unprocessable):
    """What was read is no phone number."""

    code = "dossier.no_number"
