"""Errors about what was kept and is no more.

└── EvidenceExpired           410 evidence.expired
"""

from service.errors.base import ServiceError


class EvidenceExpired(ServiceError):
    """The original's time was over, so it is gone; what was shown of it stays; fact `at`."""

    code = "evidence.expired"
    status = 410
