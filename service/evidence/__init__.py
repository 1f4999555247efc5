"""Evidence: pictures by the SHA-256 of their bytes, in a folder or, for many machines, in a bucket that speaks S3."""

from service.evidence.base import UNTOUCHED, Damage, Evidence, Removal, scrub
from service.evidence.folder import RESERVE_BYTES, EvidenceFolder
from service.evidence.opening import open_evidence, take_bucket
from service.evidence.served import SERVED_TYPE, Blur, served_jpeg

__all__ = [
    "RESERVE_BYTES",
    "SERVED_TYPE",
    "UNTOUCHED",
    "Blur",
    "Damage",
    "Evidence",
    "EvidenceFolder",
    "Removal",
    "open_evidence",
    "scrub",
    "served_jpeg",
    "take_bucket",
]
