"""The keeper of evidence that the settings name."""

from service.evidence.base import Evidence
from service.evidence.folder import EvidenceFolder
from service.settings import Settings


def open_evidence(settings: Settings, *, to_write: bool = True) -> Evidence:
    """A folder in the data, or a bucket; SettingsWrong or ObstoreMissing if it cannot be had.

    Args:
        settings: where it is.
        to_write: see that it may be written, too; who only reads leaves no trace.
    """
    if settings.bucket is None:
        return EvidenceFolder(settings.evidence)
    from service.evidence.bucket import open_bucket

    return open_bucket(settings.bucket, to_write=to_write)
