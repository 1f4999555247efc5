"""Errors that citizens and their apps meet at the door of Open311.

├── Malformed
│   └── FormWanted                400 open311.form_wanted
├── Forbidden
│   └── Open311KeyMissing         403 open311.key_missing
├── NotFound
│   ├── FormatUnknown             404 open311.format_unknown
│   ├── ServiceUnknown            404 open311.service_unknown
│   ├── RequestUnknown            404 open311.request_unknown
│   └── TokenUnknown              404 open311.token_unknown
└── Unprocessable
    ├── ServiceCodeMissing        422 open311.service_code_missing
    └── ReportPlaceMissing        422 open311.place_missing
"""

from service.errors.base import Forbidden, Malformed, NotFound, Unprocessable


class FormWanted(Malformed):
    """A report comes as a form, urlencoded or multipart, not as JSON or XML; fact `wanted`."""

    code = "open311.form_wanted"


class Open311KeyMissing(Forbidden):
    """This city takes reports from holders of a key only."""

    code = "open311.key_missing"


class FormatUnknown(NotFound):
    """Answers come as xml or json."""

    code = "open311.format_unknown"


class ServiceUnknown(NotFound):
    """The city has no service of that code."""

    code = "open311.service_unknown"


class RequestUnknown(NotFound):
    """There is no request of that id, or none that is told to the public."""

    code = "open311.request_unknown"


class TokenUnknown(NotFound):
    """No report was answered with that token."""

    code = "open311.token_unknown"


class ServiceCodeMissing(Unprocessable):
    """A report says what it is about."""

    code = "open311.service_code_missing"


class ReportPlaceMissing(Unprocessable):
    """A report says where: lat and long, an address, or a photo that knows its place."""

    code = "open311.place_missing"
