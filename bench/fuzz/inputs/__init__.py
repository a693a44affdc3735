"""Bytes through every reader of what others write, guided by coverage (libFuzzer), each target in its own process."""
