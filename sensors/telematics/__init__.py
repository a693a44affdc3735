"""Tracks of collection vehicles: from positions to emptied containers and rounds done."""
