"""Errors that keep the service from starting; the command ends with 2.

└── StartRefused
    ├── SettingsWrong             settings.wrong
    ├── PolicyWrong               policy.wrong
    ├── DataUnusable              data.unusable
    ├── DataLocked                data.locked
    ├── LibraryTooOld             store.library_too_old
    ├── RayMissing                cluster.ray_missing
    ├── ObstoreMissing            cluster.obstore_missing
    ├── BucketTaken               bucket.of_another_city
    └── PortBusy                  port.busy
"""

from service.errors.base import ServiceError


class StartRefused(ServiceError):
    """The service does not start as it was asked to."""

    code = "start.refused"
    status = 500


class SettingsWrong(StartRefused):
    """A flag or an environment variable is wrong."""

    code = "settings.wrong"


class PolicyWrong(StartRefused):
    """A policy cannot be used; facts `line`, `key`, `problem`, `value`, `wanted` of the first thing that is wrong."""

    code = "policy.wrong"
    status = 422  # through the API it is the sender's text that is wrong


class DataUnusable(StartRefused):
    """The data folder cannot be read or written, or holds something newer."""

    code = "data.unusable"


class DataLocked(StartRefused):
    """Another service uses the data folder."""

    code = "data.locked"


class LibraryTooOld(StartRefused):
    """The SQLite library has a bug that loses data."""

    code = "store.library_too_old"


class PortBusy(StartRefused):
    """Another program listens at that port."""

    code = "port.busy"


class RayMissing(StartRefused):
    """Watchmen are started by Ray, which is installed with the extra `cluster`."""

    code = "cluster.ray_missing"


class ObstoreMissing(StartRefused):
    """Evidence in a bucket needs obstore, which is installed with the extra `cluster`."""

    code = "cluster.obstore_missing"


class BucketTaken(StartRefused):
    """The bucket of evidence bears another city's mark; facts `city`, which asked, and `marked`, whose it is."""

    code = "bucket.of_another_city"
