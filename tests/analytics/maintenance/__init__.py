"""Maintenance hints, by hand and on drawn towns."""
