"""The keeper of evidence that the settings name."""

from service.evidence.base import Evidence
from service.evidence.folder import EvidenceFolder
from service.settings import Settings


def open_evidence(settings: Settings) -> Evidence:
    """A folder in the data, or a bucket; SettingsWrong, BucketMissing or ObstoreMissing if it cannot be had."""
    if settings.bucket is None:
        return EvidenceFolder(settings.evidence)
    from service.evidence.bucket import open_bucket

    return open_bucket(settings.bucket)
