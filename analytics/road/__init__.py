"""How road surfaces wear: curves fitted to surveys, and when they meet the level at which one intervenes."""
