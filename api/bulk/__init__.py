"""Measurements in bulk, in the formats of the field: slices out of the store, encoded beside the loop and sent."""
