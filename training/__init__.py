"""From a dataset to a weights card: the only place that knows torch and ultralytics."""
