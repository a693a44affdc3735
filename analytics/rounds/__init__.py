"""Tomorrow's rounds: which containers are collected, by which vehicle, in which order."""
