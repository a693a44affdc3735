"""Street lighting: what is owed hour by hour, what lamps did, and where a saving comes from."""
