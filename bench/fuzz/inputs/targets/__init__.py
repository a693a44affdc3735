"""What is fuzzed: each module is a family and exposes `TARGETS`."""
