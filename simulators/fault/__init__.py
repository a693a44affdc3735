"""Faults: each module holds one `EFFECT`; whoever looks after the town should be told of it."""
