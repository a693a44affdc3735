"""Embedded TimescaleDB and Mosquitto for one checkout: no containers, no root, nothing installed."""
