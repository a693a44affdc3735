"""Wear of lifts by what they count: runs and door cycles."""
