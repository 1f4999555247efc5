"""Figures that can be measured again: what a photo costs, what the service weighs, how fast it starts."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # for us and for those whom we are measured beside, in their own environments
