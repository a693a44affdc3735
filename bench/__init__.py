"""What `make bench-*` runs: figures as JSON lines, ratios taken in one run."""
