"""Errors about what the service calls, and about those who are told.

├── WebhookUnknown            404 webhook.unknown
├── DeliveryUnknown           404 delivery.unknown
├── ReportUnknown             404 citizen_report.unknown
├── WebhookExists             409 webhook.exists
├── ReportPlaced              409 citizen_report.placed
├── TooManyWebhooks           409 webhook.too_many
├── WebhookNotSigned          409 webhook.not_signed
├── DeliveryDone              409 delivery.done
├── AddressRefused            422 address.refused
├── AddressNotEncoded         422 address.not_encoded
├── PasswordWanted            422 webhook.password_wanted
├── ExportTooLarge            422 export.too_large
└── CallFailed                502
    ├── CallUnreachable           call.unreachable
    ├── CallSilent                call.silent
    ├── CallUntrusted             call.untrusted
    ├── CallGarbled               call.garbled
    ├── BrokerRefused             call.broker_refused
    └── MessageRefused            call.message_refused
"""

from service.errors.base import Conflict, NotFound, ServiceError, Unprocessable


class WebhookUnknown(NotFound):
    """There is no webhook of that id."""

    code = "webhook.unknown"


class DeliveryUnknown(NotFound):
    """There is no delivery of that number."""

    code = "delivery.unknown"


class ReportUnknown(NotFound):
    """There is no citizen's report of that id."""

    code = "citizen_report.unknown"


class WebhookExists(Conflict):
    """A webhook of that id is there already."""

    code = "webhook.exists"


class ReportPlaced(Conflict):
    """The report has a place already."""

    code = "citizen_report.placed"


class TooManyWebhooks(Conflict):
    """No more webhooks are served; fact `limit`."""

    code = "webhook.too_many"


class WebhookNotSigned(Conflict):
    """What goes to a broker is not signed: there is a password, and no secret to change."""

    code = "webhook.not_signed"


class DeliveryDone(Conflict):
    """The delivery does not wait any more, so there is nothing to give up; fact `state`."""

    code = "delivery.done"


class AddressRefused(Unprocessable):
    """The address, or what its name stands for, lies where this service may not call; fact `host`."""

    code = "address.refused"


class AddressNotEncoded(Unprocessable):
    """A password in an address holds a sign that ends the host; it is not told, being part of a password."""

    code = "address.not_encoded"


class PasswordWanted(Unprocessable):
    """A broker elsewhere, another user or a line without encryption gets no password that was meant for another."""

    code = "webhook.password_wanted"


class ExportTooLarge(Unprocessable):
    """More tickets than one workbook holds; fact `limit`."""

    code = "export.too_large"


class CallFailed(ServiceError):
    """A call to another service did not end well."""

    code = "call.failed"
    status = 502


class CallUnreachable(CallFailed):
    """Nothing answers at the address."""

    code = "call.unreachable"


class CallSilent(CallFailed):
    """The other side did not answer in time."""

    code = "call.silent"


class CallUntrusted(CallFailed):
    """The other side's certificate is not to be trusted."""

    code = "call.untrusted"


class CallGarbled(CallFailed):
    """What came back is no answer in the language that was spoken, HTTP or MQTT 5."""

    code = "call.garbled"


class BrokerRefused(CallFailed):
    """A broker took us not, or nothing from us now; fact `reason`, its code as MQTT 5 lists them."""

    code = "call.broker_refused"


class MessageRefused(CallFailed):
    """A broker took us, and this message not; fact `reason`, its code as MQTT 5 lists them."""

    code = "call.message_refused"
