"""A broker for each test process, with the configuration that Vigie ships.

The topics of most formats name no territory: two tests at once on one broker would hear each other's messages.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local.mosquitto import mqtt_address, start_mosquitto, stop_mosquitto
from deploy.local.place import Place, make_place, place_of
from deploy.local.state import WantedPorts, make_state
from deploy.local.tree import SERVICES, ensure_tree
from tests.support.shared import REPOSITORY

FOLDER = re.compile(r"process-(?P<pid>\d+)")


@contextmanager
def process_broker() -> Iterator[str]:
    """Run a broker for this process and give its URL."""
    tests = place_of(REPOSITORY / "tests")
    tree = ensure_tree(SERVICES, tests.cache)
    make_place(tests)
    remove_leftovers(tests)
    place = replace(tests, data=tests.data / f"process-{os.getpid()}")
    make_place(place)
    state = make_state(place, WantedPorts())
    start_mosquitto(place, tree, state)
    try:
        yield mqtt_address(state)
    finally:
        remove(place)


def remove_leftovers(tests: Place) -> None:
    """Stop the brokers of test processes that were killed."""
    for folder in tests.data.iterdir():
        found = FOLDER.fullmatch(folder.name)
        if found is not None and not Path(f"/proc/{found['pid']}").exists():
            remove(replace(tests, data=folder))


def remove(place: Place) -> None:
    """Stop a broker and remove its files."""
    stop_mosquitto(place)
    shutil.rmtree(place.data, ignore_errors=True)  # two processes may remove the same leftover
