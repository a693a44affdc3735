"""Payload codecs that people bring: JavaScript, run in a process of its own that is killed when it does not behave."""
