"""Back-fill: files straight into the store, by the same rules as what comes by message."""
