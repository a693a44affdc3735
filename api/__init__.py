"""The HTTP side: `/v1`, problem bodies, keys, and the built-in page."""
