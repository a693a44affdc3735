"""Fixtures that every test may use; each subject has its own module in `tests/support`."""

pytest_plugins = ["tests.support.services"]
