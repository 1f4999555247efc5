"""From pixels to observations: runs inside the service and alone on a patrol vehicle's small computer."""
