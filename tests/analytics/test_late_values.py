"""Values that come late are scored as if they had come in order, as long as a checkpoint reaches back before them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from analytics.jobs import find_kinds, running
from analytics.jobs.planning import find_due
from analytics.jobs.settings import Settings
from analytics.watch import WatchReport, watch_series
from store.connect import connect
from store.registry import AssetEntry, DeviceEntry, TerritoryEntry, register
from store.rollup import refresh

Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[datetime, float]
BEGIN = datetime(2025, 6, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = HOUR / 2
N_DAYS = 16
N = 48 * N_DAYS
pytestmark = pytest.mark.services


@dataclass(frozen=True)
class Rooms:
    """Two rooms of the same name: what is told of one must equal what is told of the other."""

    connection: Connection
    in_order: int
    late: int

    def deliver(self, series_id: int, rows: Sequence[Row]) -> None:
        """Write as ingest does: values, noted hours and last values."""
        parameters = {"id": series_id, "at": [at for at, _ in rows], "values": [value for _, value in rows]}
        with self.connection.transaction():
            self.connection.execute(
                "insert into measurements"
                " select %(id)s, 1, v.* from unnest(%(at)s::timestamptz[], %(values)s::float8[]) v",
                parameters,
            )
            self.connection.execute(
                "insert into changed_hours (series_id, hour) select distinct %(id)s, date_trunc('hour', at)"
                " from unnest(%(at)s::timestamptz[]) at, rollup_watermarks where at < closed_to",
                parameters,
            )
            self.connection.execute(
                "insert into last_values select series_id, observed_at, value, 1 from measurements"
                " where series_id = %(id)s order by observed_at desc limit 1"
                " on conflict (series_id) do update set observed_at = excluded.observed_at, value = excluded.value",
                parameters,
            )

    def look(self, now: datetime) -> int:
        """Close hours and score; give how many series were scored again."""
        refresh(self.connection, now, grace_s=0, settle_s=0)
        return watch_series(self.connection, 5).n_again

    def states(self, series_id: int) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            "select detector, version, scored_to, n_scored, state from detector_states where series_id = %s order by 1",
            (series_id,),
        ).fetchall()

    def findings(self, series_id: int) -> list[tuple[Any, ...]]:
        """What is told now, without what was withdrawn."""
        return self.connection.execute(
            "select kind, started_at, ended_at, score, severity, sentence_en, sentence_fr, evidence from findings"
            " where series_id = %s and not evidence ? 'withdrawn' order by kind, started_at",
            (series_id,),
        ).fetchall()

    def assert_same(self) -> None:
        assert self.findings(self.late) == self.findings(self.in_order)
        assert self.states(self.late) == self.states(self.in_order)


@pytest.fixture
def rooms(database_url: str) -> Any:
    with connect(database_url, program="test", autocommit=True) as opened:
        slugs = ("first", "second")
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [AssetEntry("a", slug, "Room", "building_zone") for slug in slugs],
            [DeviceEntry("a", slug, placements={"*": slug}) for slug in slugs],
        )
        ids = opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where q.quantity = 'temperature' order by d.external_id returning series_id"
        ).fetchall()
        yield Rooms(opened, ids[0][0], ids[1][0])


def a_room(faults: Iterable[tuple[int, int, float]] = (), seed: int = 11) -> list[Row]:
    """A day's wave of temperature with noise, every half hour, and faults: (first, one past the last, by how much)."""
    rng = np.random.default_rng(seed)
    values = 20 + 3 * np.sin(np.arange(N) / 24 * np.pi) + rng.normal(0, 0.3, N)
    for first, end, size in faults:
        values[first:end] += size
    return [(BEGIN + index * STEP, float(value)) for index, value in enumerate(values)]


def play(rooms: Rooms, rows: Sequence[Row], held: range, back_at: int, looks: Sequence[int]) -> None:
    """Look after so many rows; one room's `held` rows come after row `back_at` only."""
    done = 0
    for look in sorted({*looks, back_at, len(rows)}):
        rooms.deliver(rooms.in_order, rows[done:look])
        known = [row for index, row in enumerate(rows[done:look], done) if index not in held or index >= back_at]
        rooms.deliver(rooms.late, known)
        if look == back_at:
            rooms.look(rows[look - 1][0] + HOUR)  # the later values were scored
            rooms.deliver(rooms.late, [rows[index] for index in held if index < back_at])
        rooms.look(rows[look - 1][0] + HOUR)
        done = look


@pytest.mark.parametrize("n_late", [1, 4, 20, 48], ids=["half an hour", "two hours", "ten hours", "one day"])
def test_late_block_is_scored_as_if_it_had_come_in_order(rooms: Rooms, n_late: int) -> None:
    """The block holds the first half of a fault, and what comes after it was scored when it arrives."""
    first = 600
    rows = a_room([(first + n_late // 2, first + n_late + 6, 25.0)])
    play(rooms, rows, range(first, first + n_late), first + n_late + 1, [500, first, 640, 700])
    assert rooms.findings(rooms.in_order)
    rooms.assert_same()


def test_late_value_of_the_running_hour_is_seen_when_the_hour_is_closed(rooms: Rooms) -> None:
    """It came before its hour was summed up, so that nobody noted it: it is missing in the count."""
    rows = a_room()
    for series_id in (rooms.in_order, rooms.late):
        rooms.deliver(series_id, rows[:600])
    rooms.look(rows[599][0])
    rooms.deliver(rooms.in_order, rows[600:602])
    rooms.deliver(rooms.late, rows[601:602])
    rooms.look(rows[600][0])  # the hour of both is open
    rooms.deliver(rooms.late, rows[600:601])
    assert rooms.connection.execute("select count(*) from changed_hours").fetchone() == (0,)
    assert rooms.look(rows[601][0]) == 0
    for series_id in (rooms.in_order, rooms.late):
        rooms.deliver(series_id, rows[602:604])
    assert rooms.look(rows[603][0]) == 2  # one series, two kinds of finding
    rooms.assert_same()


def test_late_block_brings_an_episode_and_takes_a_smaller_one_back(rooms: Rooms) -> None:
    """A smaller episode within 384 rows of a bigger one is not told; its finding stays, ended with a note, judged."""
    held = range(600, 606)
    rows = a_room([(601, 605, 60.0), (620, 626, 12.0)])
    for series_id in (rooms.in_order, rooms.late):
        rooms.deliver(series_id, rows[:600])
    rooms.look(rows[599][0])
    rooms.deliver(rooms.late, rows[606:640])
    rooms.look(rows[639][0])
    ((smaller, started_at),) = rooms.connection.execute("select finding_id, started_at from findings").fetchall()
    assert started_at >= rows[620][0]
    rooms.connection.execute(
        "insert into verdicts (finding_id, verdict, who, given_by) values (%s, 'confirmed', 'A. Martin', 'test')",
        (smaller,),
    )
    rooms.deliver(rooms.late, [rows[index] for index in held])
    rooms.deliver(rooms.in_order, rows[600:640])
    assert rooms.look(rows[639][0] + HOUR) == 2
    rooms.assert_same()
    ended_at, evidence, english, verdict = rooms.connection.execute(
        "select ended_at, evidence, sentence_en, v.verdict from findings join verdicts v using (finding_id)"
        " where finding_id = %s",
        (smaller,),
    ).fetchall()[0]
    assert (ended_at is None, evidence["withdrawn"]["reason"], verdict) == (False, "late values", "confirmed")
    assert english.endswith("Values that came late show that nothing was unusual.")
    (bigger,) = rooms.findings(rooms.late)
    assert rows[600][0] <= bigger[1] <= rows[601][0]


def test_late_begin_of_an_episode_changes_its_finding_and_writes_no_second(rooms: Rooms) -> None:
    rows = a_room([(600, 612, 25.0)])
    rooms.deliver(rooms.late, rows[:600])
    rooms.look(rows[599][0])
    rooms.deliver(rooms.late, rows[606:630])
    rooms.look(rows[629][0])
    before = rooms.connection.execute("select finding_id, started_at from findings").fetchall()
    rooms.deliver(rooms.late, rows[600:606])
    rooms.look(rows[629][0])
    after = rooms.connection.execute("select finding_id, started_at from findings").fetchall()
    assert [row[0] for row in after] == [row[0] for row in before]
    assert (before[0][1], after[0][1]) == (rows[606][0], rows[600][0])


def test_values_three_days_late_are_counted_and_not_scored(rooms: Rooms) -> None:
    """The other room never hears of them; six hours of two detectors' states are counted."""
    rows = a_room([(502, 510, 40.0)])
    held = range(500, 512)
    done = 0
    for look in (400, 500, 560, 620, 660):  # two checkpoints pass
        for series_id in (rooms.in_order, rooms.late):
            rooms.deliver(series_id, [row for index, row in enumerate(rows[done:look], done) if index not in held])
        rooms.look(rows[look - 1][0])
        done = look
    rooms.deliver(rooms.late, [rows[index] for index in held])
    assert rooms.look(rows[659][0] + HOUR) == 0
    rooms.assert_same()
    missed = rooms.connection.execute(
        "select n_missed_hours from detector_states where series_id = %s", (rooms.late,)
    ).fetchall()
    assert missed == [(6,), (6,)]


def test_nothing_more_is_done_once_late_values_are_scored(rooms: Rooms) -> None:
    rows = a_room([(603, 612, 25.0)])
    play(rooms, rows[:640], range(600, 606), 620, [500])
    before = rooms.connection.execute("select finding_id, updated_at from findings order by 1").fetchall()
    assert before
    rooms.connection.execute("insert into late_hours select %s, %s", (rooms.late, rows[600][0]))  # told once more
    assert rooms.look(rows[639][0] + HOUR) == 2
    assert rooms.look(rows[639][0] + HOUR) == 0
    assert rooms.connection.execute("select finding_id, updated_at from findings order by 1").fetchall() == before
    rooms.assert_same()


def test_two_checkpoints_are_kept_a_day_apart(rooms: Rooms) -> None:
    rows = a_room()
    done = 0
    for look in range(48, N + 1, 24):
        rooms.deliver(rooms.late, rows[done:look])
        rooms.look(rows[look - 1][0])
        done = look
        kept = rooms.connection.execute(
            "select array_agg(scored_to order by scored_to) from detector_checkpoints group by detector"
        ).fetchall()
        assert all(len(own) <= 2 for (own,) in kept)
    assert all(rows[-1][0] - own[0] >= 25 * HOUR and own[1] - own[0] >= 25 * HOUR for (own,) in kept)


@pytest.mark.parametrize("seed", range(4))
def test_any_delays_of_up_to_a_day_tell_what_the_twin_in_order_tells(
    rooms: Rooms, database_url: str, seed: int
) -> None:
    """Property: what comes up to a day late, in parts, with rounds cut before their commit, ends in the same bits."""
    rng = np.random.default_rng(seed)
    faults = [
        (int(at), int(at) + int(rng.integers(1, 12)), float(rng.choice([-30, 15, 40])))
        for at in rng.integers(450, N, 5)
    ]
    rows = a_room(faults, seed)
    arrives = np.arange(N)
    for first in rng.integers(60, N - 50, 8):
        size = int(rng.integers(1, 30))
        arrives[first : first + size] += rng.integers(1, 48 - size + 1)  # rows of half an hour
    looks = np.unique(np.append(rng.integers(24, N, 14), N))
    done = n_again = 0
    for look in [*looks.tolist(), N + 48]:
        rooms.deliver(rooms.in_order, rows[done:look])
        rooms.deliver(rooms.late, [rows[index] for index in np.flatnonzero((arrives >= done) & (arrives < look))])
        now = BEGIN + look * STEP
        if rng.random() < 0.3:
            with connect(database_url, program="cut") as cut, cut.transaction(force_rollback=True):
                watch_series(cut, 5)
        n_again += rooms.look(now)
        done = look
    assert n_again > 0
    rooms.assert_same()


def test_job_is_due_where_values_came_late(rooms: Rooms) -> None:
    """Nothing newer has come: the noted hour alone makes the block due, and once scored it is not."""
    rows = a_room()
    now = rows[639][0] + HOUR
    rooms.deliver(rooms.late, rows[:600] + rows[602:640])
    refresh(rooms.connection, now, grace_s=0, settle_s=0)
    assert run_due(rooms, now)[0].n_scored > 0
    assert run_due(rooms, now) == []
    rooms.deliver(rooms.late, rows[600:602])
    refresh(rooms.connection, now, grace_s=0, settle_s=0)
    assert [report.n_again for report in run_due(rooms, now)] == [2]  # one series, two kinds of finding
    assert sum(report.n_again for report in run_due(rooms, now)) == 0
    assert run_due(rooms, now) == []


def run_due(rooms: Rooms, now: datetime) -> list[WatchReport]:
    """Run the jobs `watch` that are due, and give what they report."""
    moment = running.look(rooms.connection, now, Settings("", grace_s=0.0, settle_s=0.0))
    jobs = list(find_due(rooms.connection, find_kinds()["watch"], moment))
    return [done.report for job in jobs if (done := running.run_job(rooms.connection, job, moment)) is not None]
