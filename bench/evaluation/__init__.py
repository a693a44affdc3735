"""Judges findings and KPIs on simulated towns whose truth is known. Nothing else reads that truth but tests."""
