"""Errors about recordings that vehicles bring home.

├── UploadUnknown             404 upload.unknown
├── UploadGone                410 upload.gone
├── UploadTooLarge            413 upload.too_large
└── UploadCameraFixed         422 upload.camera_fixed
"""

from service.errors.base import NotFound, ServiceError, Unprocessable


class UploadUnknown(NotFound):
    """There is no upload of that id."""

    code = "upload.unknown"


class UploadGone(ServiceError):
    """The bytes of an upload are not there any more, as after a backup was put back."""

    code = "upload.gone"
    status = 410


class UploadTooLarge(ServiceError):
    """More bytes than one upload may have; fact `limit`."""

    code = "upload.too_large"
    status = 413


class UploadCameraFixed(Unprocessable):
    """The camera does not move, so it brings nothing home; fact `id`."""

    code = "upload.camera_fixed"
