"""Entities of OGC SensorThings as questions to the store: what there is, from where, and statements made of it."""
