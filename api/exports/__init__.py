"""Files ordered in bulk: written beside the requests into a folder, fetched in parts, gone after some days."""
