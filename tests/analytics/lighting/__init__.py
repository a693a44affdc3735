"""Street lighting: duty, lamps, parts of savings."""
