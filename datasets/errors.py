"""What can be wrong with a data set: each error is a code and the facts that show it."""

from collections.abc import Mapping


class DatasetError(Exception):
    """Base of every error that `datasets` raises on purpose.

    Args:
        facts: what a person needs to find the fault, for example the file and the line.
    """

    code = "dataset.error"

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(f"{self.code} {dict(facts)}")


class ManifestMissing(DatasetError):
    """The folder has no `manifest.csv` or no `kinds.txt`."""

    code = "dataset.manifest_missing"


class ManifestBroken(DatasetError):
    """A row of the manifest, a label line or a source card does not say what it must."""

    code = "dataset.manifest_broken"


class LabelsBroken(DatasetError):
    """A row of our own labels is wrong, or names a picture or a kind that it must not."""

    code = "dataset.labels_broken"


class FetchFailed(DatasetError):
    """A picture could not be fetched, or came with other bytes than the manifest promises."""

    code = "dataset.fetch_failed"


class UnknownSource(DatasetError):
    """No card, or no row of the manifest, has this name."""

    code = "dataset.source_unknown"


class FormatBroken(DatasetError):
    """A file of a foreign format does not say what it must; the facts name file and, where there is one, line."""

    code = "dataset.format_broken"


class LabelledUnknown(DatasetError):
    """A foreign set does not say of which kinds every instance is boxed, and nobody told it."""

    code = "dataset.labelled_unknown"


class PictureMissing(DatasetError):
    """A picture that the labels speak of is not there, or no picture."""

    code = "dataset.picture_missing"


class NameTaken(DatasetError):
    """Two pictures would get the same name, or two classes the same kind without being told so."""

    code = "dataset.name_taken"


class OutputTaken(DatasetError):
    """The folder to write is there already and not empty; nothing is written over."""

    code = "dataset.output_taken"


class KindUnknown(DatasetError):
    """A kind or class was named that the set does not have."""

    code = "dataset.kind_unknown"


class SplitLeaks(DatasetError):
    """A split would put one place and day, or look-alikes, on two sides, or move frozen test rows."""

    code = "dataset.split_leaks"
