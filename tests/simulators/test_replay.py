"""Replay as a person runs it: packed messages, speed, the final count, and sentences where it cannot be."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ingest.settings import Settings
from sensors.formats.native import FORMAT, MAX_PAYLOAD_BYTES
from simulators.mapping import read_mapping, renamed
from simulators.outbox import OutgoingMessage
from simulators.packing import MOST_BYTES, Packer
from simulators.publisher import Publisher
from simulators.replay import replay
from simulators.row_reader import Part
from tests.support.ingesting import ingesting
from tests.support.read_back import read_values, utc
from tests.support.receipter import receipting
from tests.support.shared import REPOSITORY

MAPPING = """
title = "Rooms"
[territory]
slug = "dijon"
name = "Dijon"
time_zone = "Europe/Paris"
[time]
column = "time"
[[devices]]
id = "room"
asset = { type = "building_zone", name = "Room" }
[[values]]
column = "t"
quantity = "temperature"
[[values]]
column = "p"
quantity = "presence"
optional = true
"""
ROWS = """time,t,p,note
2024-01-01 12:00,20,0,
2024-01-01 12:01,20.5,1,
2024-01-01 12:01,20.5,1,twice
2024-01-01 12:01,21,1,conflict
2024-01-01 12:02,900,1,
noon,20,1,
2024-01-01 12:03,,2,
2024-01-01 12:04,warm,nan,
"""


def pack(parts: list[Part]) -> list[OutgoingMessage]:
    packer = Packer("dijon", "replay", "run")
    return [*(message for part in parts for message in packer.add(part)), *packer.flush()]


def unpack(messages: list[OutgoingMessage]) -> set[tuple[str, str, int, float]]:
    return {
        (uplink.device, column.quantity, time_us, value)
        for message in messages
        for uplink in FORMAT.decode(message.topic, message.payload, 1_800_000_000_000_000)
        for column in uplink.columns
        for time_us, value in zip(column.times_us, column.values, strict=True)
    }


def test_packed_messages_hold_all_values_and_stay_small() -> None:
    """Long ids, many decimals, sparse values of 40 devices: nothing is lost, no message is larger than the limit."""
    parts = [
        Part(f"d-{number % 40}", 1_700_000_000_000_000 + number * 250_001, {name: number / 7.0 for name in names}, {})
        for number in range(20_000)
        for names in [("temperature", "co2")[: 1 + number % 2]]
    ]
    messages = pack(parts)
    assert max(len(message.payload) for message in messages) <= MOST_BYTES < MAX_PAYLOAD_BYTES
    assert len({message.message_id for message in messages}) == len(messages) < 100
    assert unpack(messages) == {
        (part.device, name, part.time_us, value)
        for part in parts
        for name, value in part.values.items()
        if value <= 125
    } | {(part.device, "co2", part.time_us, part.values["co2"]) for part in parts if "co2" in part.values}


def test_too_large_message_is_split() -> None:
    channels = {f"{'c' * 60}{number:04}/temperature": 1.0 / 3.0 for number in range(900)}
    messages = pack([Part("d", 1_700_000_000_000_000 + number, dict(channels), {}) for number in range(3)])
    assert len(messages) == 3
    assert len(unpack(messages)) == 3


def test_rows_of_one_instant_become_one() -> None:
    at_us = 1_700_000_000_000_000
    parts = [Part("d", at_us, {"temperature": 1.0}, {}), Part("d", at_us, {"co2": 2.0}, {"co2": "%"})]
    (message,) = pack([*parts, Part("d", at_us, {"temperature": 3.0}, {})])
    document = msgspec.json.decode(message.payload)
    assert document["at"] == [1_700_000_000] * 2
    assert document["values"] == {"temperature": [1.0, 3.0], "co2": [2.0, None]}
    assert document["units"] == {"co2": "%"}


def vigie(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    kept = {key: value for key, value in os.environ.items() if key not in ("VIGIE_DATABASE_URL", "VIGIE_MQTT_URL")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        cwd=REPOSITORY,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Write a file of rooms and its mapping."""
    (tmp_path / "rooms.csv").write_text(ROWS)
    (tmp_path / "rooms.toml").write_text(MAPPING)
    return str(tmp_path / "rooms.csv"), str(tmp_path / "rooms.toml")


@pytest.mark.services
def test_command_registers_publishes_and_counts(
    files: tuple[str, str], database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    settings = Settings(database_url, mqtt_url, territory=territory_slug)
    arguments = ["replay", files[0], "--mapping", files[1], "--territory", territory_slug]
    with ingesting(settings):
        done = vigie(*arguments, VIGIE_DATABASE_URL=database_url, VIGIE_MQTT_URL=mqtt_url)
    assert done.returncode == 0, done.stderr
    text = re.sub(" +", " ", done.stdout)
    assert "rows 8 read, 1 of no use\n" in text
    assert "values 11 published; cells: 2 empty, 1 unreadable\n" in text
    assert "messages 1 published, 1 receipted" in text
    assert "stored 5 values; 3 duplicates\n" in text
    assert "refused 3 values\n" in text
    assert "room: 1 x conflicting_value: 21 / 20.5, 2024-01-01T11:01:00Z\n" in text
    assert "in all 2 x out_of_range\n" in text
    assert "line 7: 'noon' is no time in the format iso\n" in text
    assert "line 9: t: 'warm' is no number\n" in text
    assert "not read columns note\n" in text
    read = read_values(database_url, territory_slug, utc("2024-01-01"), utc("2024-01-02"))
    assert read == {
        ("room", "", "temperature"): {utc("2024-01-01T11:00"): 20.0, utc("2024-01-01T11:01"): 20.5},
        ("room", "", "presence"): {utc(f"2024-01-01T11:0{n}"): value for n, value in ((0, 0.0), (1, 1.0), (2, 1.0))},
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mapping": "rooms"}, "vigie: there is no mapping rooms: give a path, or one of lbnl-fdd-ahu"),
        ({"file": "nowhere.csv"}, "vigie: nowhere.csv cannot be read: No such file or directory"),
        ({"territory": "Ville de Dijon"}, "vigie: --territory: 'Ville de Dijon' is no slug"),
        ({}, "vigie: no broker answers at 127.0.0.1:1: "),
    ],
)
def test_command_ends_in_a_sentence(files: tuple[str, str], changes: dict[str, str], sentence: str) -> None:
    wanted = {"file": files[0], "mapping": files[1], "territory": "dijon"} | changes
    done = vigie(
        "replay",
        wanted["file"],
        "--mapping",
        wanted["mapping"],
        "--territory",
        wanted["territory"],
        "--mqtt-url",
        "mqtt://127.0.0.1:1",
    )
    assert done.returncode == 11
    assert done.stderr.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in done.stderr


@pytest.mark.services
def test_speed_sends_a_second_of_the_file_at_a_time(files: tuple[str, str], mqtt_url: str, territory_slug: str) -> None:
    """At sixty times real time a message holds a minute of the file, never more."""
    mapping = renamed(read_mapping(files[1]), territory_slug)
    with (
        receipting(mqtt_url, territory_slug) as platform,
        Publisher(mqtt_url, f"replay-{territory_slug}", territory_slug) as publisher,
    ):
        tally = replay(Path(files[0]), mapping, publisher, lambda _: None, speed=600.0, limit=5)
        assert len(platform.seen) == 1
        tally = replay(Path(files[0]), mapping, publisher, lambda _: None, speed=60.0, limit=5)
        assert len(platform.seen) == 1 + 3
    assert (tally.n_rows, tally.n_unreceipted) == (5, 0)
