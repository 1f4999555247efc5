"""Errors about what was kept, and is no more or cannot be had now.

├── EvidenceExpired           410 evidence.expired
└── EvidenceAway              503 evidence.away
"""

from service.errors.base import Busy, ServiceError


class EvidenceExpired(ServiceError):
    """The original's time was over, so it is gone; what was shown of it stays; fact `at`."""

    code = "evidence.expired"
    status = 410


class EvidenceAway(Busy):
    """The bucket of evidence does not answer, refuses, or is another city's; nothing is lost.

    Facts `problem` and `retry_after_s`.
    """

    code = "evidence.away"
