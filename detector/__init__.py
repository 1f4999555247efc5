"""From pixels to observations: runs inside the service and alone on a patrol vehicle's small computer."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime reads it once, when it is imported; it reports home otherwise
