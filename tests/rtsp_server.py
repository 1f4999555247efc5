"""A real RTSP server for tests: loops one H.264 file for ever. Runs under Debian's own Python, which has GStreamer.

Usage: [RTSP_PORT=N] [RTSP_OVER=udp|tcp] /usr/bin/python3 tests/rtsp_server.py CLIP.h264 FRAMES_A_SECOND [USER PASSWORD]

`CLIP.h264` is an Annex B stream without B-frames. `RTSP_OVER` names the only way that is not refused. The line
`READY rtsp://127.0.0.1:PORT/clip` tells the address.
"""

import os
import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

WAYS = {"udp": GstRtsp.RTSPLowerTrans.UDP, "tcp": GstRtsp.RTSPLowerTrans.TCP}


def serve(clip: str, rate: int, login: tuple[str, str] | None) -> None:
    """Answer on the loopback, by default on a free port, until the process is ended."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=os.environ.get("RTSP_PORT", "0"))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    if way := os.environ.get("RTSP_OVER"):
        factory.set_protocols(WAYS[way])
    factory.set_launch(
        f'( multifilesrc location="{clip}" loop=true do-timestamp=false'
        f" ! video/x-h264,stream-format=byte-stream,framerate={rate}/1"
        " ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )"
    )
    if login:
        guard(server, factory, *login)
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    print(f"READY rtsp://127.0.0.1:{server.get_bound_port()}/clip", flush=True)
    GLib.MainLoop().run()


def guard(server: Any, factory: Any, user: str, password: str) -> None:
    """Ask every client for one name and password."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    role = "viewer, media.factory.access=true, media.factory.construct=true"
    factory.add_role_from_structure(Gst.Structure.from_string(role)[0])


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), (sys.argv[3], sys.argv[4]) if len(sys.argv) > 4 else None)
