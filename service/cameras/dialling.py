"""How cameras are dialled: where the service may connect to, and where the operator said that a camera stands."""

import socket
from urllib.parse import urlsplit

from detector.dialing import Dial
from detector.errors import SourceForbidden
from service.errors.outside import AddressRefused, CallSilent, CallUnreachable
from service.outbound.dialing import Dialer
from service.store.cameras import Camera

CONNECTS_WITHIN_S = 10.0
"""However long a camera that sends seldom may then be silent."""

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322, "rtspu": 554}


def dial_for(camera: Camera, dialer: Dialer) -> Dial:
    """A way to connect to a camera, and to what it leads to, in the words of `detector.sources`."""
    allowed = _granted(camera, dialer)

    def dial(host: str, port: int, timeout_s: float) -> socket.socket:
        try:
            connection = allowed.dial(host, port, min(timeout_s, CONNECTS_WITHIN_S))
        except AddressRefused:
            raise SourceForbidden(source=camera.id) from None
        except CallSilent:
            raise TimeoutError from None
        except CallUnreachable:
            raise ConnectionError from None
        connection.settimeout(timeout_s)
        return connection

    return dial


def _granted(camera: Camera, dialer: Dialer) -> Dialer:
    """The dialer, and for an address that was typed on this machine its own host and port as well."""
    try:
        address = urlsplit(camera.url or "")
        host, port = address.hostname, address.port or PORTS.get(address.scheme.lower())
    except ValueError:
        return dialer
    return dialer.granting(host, port) if camera.by_operator and host and port else dialer
