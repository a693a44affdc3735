"""Machines that turn: what their vibration says of their bearings, as arrays of numbers in and out."""
