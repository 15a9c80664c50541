"""What operators see: request ids, traces, logs, numbers."""
