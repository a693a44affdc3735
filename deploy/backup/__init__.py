"""Backup and restore of the store: a dump of one moment with counts and checksums, proved by restoring it."""
