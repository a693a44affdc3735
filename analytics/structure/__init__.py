"""Bridges and other structures as arrays of numbers: features of windows, and how far they are from a reference."""
