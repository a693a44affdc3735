"""OGC SensorThings 1.1: its addresses and query language, and what is answered in its own JSON."""
