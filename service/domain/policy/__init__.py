"""What a city promises and tolerates: one TOML document, versioned and hashed, read into frozen values."""

from service.domain.policy.document import check_policy, parse_policy
from service.domain.policy.problems import Problem
from service.domain.policy.values import (
    LARGEST_RADIUS_M,
    AutoFiling,
    Budget,
    Escalation,
    HandlingUnit,
    Nudging,
    Passing,
    Patience,
    Permit,
    Policy,
    Retention,
    Route,
    Rule,
    Special,
    StageLimits,
    Watching,
)
from service.domain.policy.windows import Area, Weekly

__all__ = [
    "LARGEST_RADIUS_M",
    "Area",
    "AutoFiling",
    "Budget",
    "Escalation",
    "HandlingUnit",
    "Nudging",
    "Passing",
    "Patience",
    "Permit",
    "Policy",
    "Problem",
    "Retention",
    "Route",
    "Rule",
    "Special",
    "StageLimits",
    "Watching",
    "Weekly",
    "check_policy",
    "parse_policy",
]
