"""Fixtures for every test; see the modules named here."""

from hypothesis import settings

pytest_plugins = ["tests.support.services", "tests.support.readers", "tests.support.community"]

settings.register_profile("untimed", deadline=None)  # machines are shared: no test has a time of its own
settings.load_profile("untimed")
