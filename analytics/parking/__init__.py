"""Bays and car parks: sensors that cannot be believed, rhythms of zones, search, floors of counters."""
