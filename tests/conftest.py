"""Fixtures for every test; see the modules named here."""

pytest_plugins = ["tests.support.services", "tests.support.readers", "tests.support.community"]
