"""Incidents: findings with one cause are one line."""
