"""`vigie device clock`: a person says how a clock is wrong, and takes it back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from typer.testing import CliRunner, Result

from bench.virtual import VirtualWorker
from deploy.cli import app
from deploy.errors import SettingError
from sensors.instant import read_instant_us
from store.connect import connect
from store.intake import Connection
from store.registry import DeviceEntry, TerritoryEntry, register

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SENT = [NOON + index * MINUTE for index in range(5)]
AHEAD = timedelta(hours=2)


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["device", "clock", *words])


def said(database_url: str, *words: str) -> str:
    done = vigie(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def send(connection: Connection, *sent: datetime) -> None:
    """Let a worker that starts now take values measured then, by a clock that is two hours ahead."""
    worker = VirtualWorker(connection, "town")
    for at in sent:
        payload = b'{"at":%d,"values":{"voltage":230}}' % (at + AHEAD).timestamp()
        worker.settle([("vigie/town/d/up", payload)], read_instant_us(at + timedelta(seconds=1)))


def stored(database_url: str) -> list[datetime]:
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute("select observed_at from measurements order by 1")]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test") as opened:
        register(opened, [TerritoryEntry("town", "Town")], devices=[DeviceEntry("town", "d")])
        opened.commit()
        yield opened


@pytest.mark.services
def test_a_correction_is_set_and_declined_again(database_url: str, connection: Connection) -> None:
    send(connection, *SENT[:3])
    begin = (NOON + AHEAD).isoformat()
    assert "3 values put right" in said(database_url, "set", "town", "d", "--shift-s", "-7200", "--from", begin)
    listed = said(database_url, "list").strip().split("\t")
    assert listed[:2] == ["town", "d"]
    assert listed[4:8] == ["rule 1", "active", "-7200 s", begin]
    send(connection, *SENT[3:], SENT[4])  # the last one again
    assert stored(database_url) == SENT
    assert "5 values put back" in said(database_url, "decline", "1")
    assert stored(database_url) == [at + AHEAD for at in SENT]
    assert said(database_url, "list", "--territory", "town").split("\t")[5] == "declined"


@pytest.mark.services
def test_a_rule_that_is_ended_holds_for_what_was_sent_before(database_url: str, connection: Connection) -> None:
    said(database_url, "set", "town", "d", "--time-zone", "Europe/Paris", "--from", "2026-02-03T00:00:00Z")
    said(database_url, "end", "1", "--at", (SENT[2] + AHEAD).isoformat())
    send(connection, *SENT)
    one_hour = timedelta(hours=1)  # of the two by which it is ahead
    assert stored(database_url) == sorted([*(at + one_hour for at in SENT[:2]), *(at + AHEAD for at in SENT[2:])])


@pytest.mark.services
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["set", "town", "d"], "either --shift-s"),
        (["set", "town", "d", "--shift-s", "0"], "either --shift-s"),
        (["set", "town", "d", "--time-zone", "Europe/Dijon"], "no time zone"),
        (["set", "town", "other", "--shift-s", "60"], "no device 'other'"),
        (["set", "town", "d", "--shift-s", "60", "--from", "2026-02-03T00:00:00"], "offset"),
        (["accept", "7"], "no rule 7"),
        (["end", "7"], "no rule 7"),
    ],
)
@pytest.mark.usefixtures("connection")
def test_what_cannot_be_done_is_said(database_url: str, words: list[str], sentence: str) -> None:
    failed = vigie(database_url, *words)
    assert isinstance(failed.exception, SettingError)
    assert sentence in str(failed.exception)
