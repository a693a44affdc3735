"""What `make bench-ingest` measures: messages through broker, workers and store, beside others doing less."""
