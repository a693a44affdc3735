"""Hostile input: `requests` asks the API over HTTP, `inputs` puts bytes through every reader, guided by coverage."""
