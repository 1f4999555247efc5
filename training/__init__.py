"""From a dataset to a weights card: the only place that knows torch and ultralytics."""

import detector  # noqa: F401  # which keeps ONNX Runtime silent, whoever imports it next
