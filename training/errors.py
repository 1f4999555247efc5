"""What can go wrong while training, exporting or promoting: each error is a code and facts."""

from collections.abc import Mapping


class TrainingError(Exception):
    """Base of every error that `training` raises on purpose."""

    code = "training.error"

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(f"{self.code} {dict(facts)}")


class RecipeBroken(TrainingError):
    """A recipe has an unknown key, lacks one or goes out of bounds."""

    code = "recipe.broken"


class WeightsUnreadable(TrainingError):
    """A weights file is missing or is not what its name says."""

    code = "weights.unreadable"


class GroupTrainedOn(TrainingError):
    """A group of the asked role was among the groups that the weights were trained on."""

    code = "evaluate.group_trained_on"


class DetectionsBroken(TrainingError):
    """A line of a detections file does not say what it must, or a picture has no line."""

    code = "evaluate.detections_broken"


class ParityBroken(TrainingError):
    """The exported network answers something else than the trained one."""

    code = "export.parity"


class TooMuchLost(TrainingError):
    """Eight-bit weights lose more of mean AP50 than is allowed."""

    code = "quantise.too_much_lost"


class NotBetter(TrainingError):
    """A card that should be promoted is not better than the current one on the frozen tests."""

    code = "promote.not_better"


class SourceMissing(TrainingError):
    """A data folder that a recipe names is not there, or does not fit the others."""

    code = "source.missing"


class MixedPictures(TrainingError):
    """Photographs and made pictures would be scored together."""

    code = "evaluate.mixed_pictures"


class NotFrozen(TrainingError):
    """What should judge a card is none of the committed test lists."""

    code = "promote.not_frozen"


class TooSlow(TrainingError):
    """A card that should be promoted costs over a tenth more processor time, and nobody said why it may."""

    code = "promote.too_slow"


class FoldsImpossible(TrainingError):
    """A kind has too few groups to part, or the weights to start from have already seen them."""

    code = "kfold.impossible"


class NothingLearned(TrainingError):
    """A training that must teach something scored less than promised."""

    code = "train.nothing_learned"


class ReportUnusable(TrainingError):
    """A report that should stand in a table cannot be read, or is of other pictures than the rest."""

    code = "table.report_unusable"
