"""`vigie publication`: added, published, listed, shown and withdrawn; what cannot be is refused in a sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from analytics.jobs import Moment
from analytics.jobs.kinds.publications import find, run
from analytics.open_data.release import NothingNewError
from deploy.cli import app
from deploy.errors import SettingError
from store.jobs import Pulse
from store.publications import list_record
from tests.support.open_town import END, Connection, add, open_town

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with open_town(database_url) as connection:
        connection.execute("update rollup_watermarks set computed_to = %s", (END,))
        yield connection


def publication(database_url: str, *words: str) -> Result:
    return CliRunner(env={"VIGIE_DATABASE_URL": database_url}).invoke(app, ["publication", *words])


def said(database_url: str, *words: str) -> str:
    done = publication(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def test_a_publication_from_its_begin_to_its_end(database_url: str, town: Connection) -> None:
    begun = said(database_url, "add", "town", "lighting_energy", "--from", "2026-03-01", "--frequency", "daily")
    assert begun == "town/lighting-energy is to be published: Licence Ouverte / Open Licence 2.0, daily\n"
    assert said(database_url, "list") == "town/lighting-energy\tlighting_energy\tmonth\tnot published yet\n"
    told = said(database_url, "publish", "town", "lighting-energy")
    assert told == "town/lighting-energy: release 1, 1 rows, 0 hidden, completeness 100.0%\n"
    shown = said(database_url, "show", "town", "lighting-energy").splitlines()
    assert [line.split("\t")[1] for line in shown[1:]] == ["energy.csv", "energy.parquet", "energy.geojson"]
    withdrawn = said(database_url, "withdraw", "town", "lighting-energy", "--because", "tried out")
    assert withdrawn == "town/lighting-energy is withdrawn\n"
    assert said(database_url, "list", "--territory", "town").endswith(": tried out\n")
    assert said(database_url, "show", "town", "lighting-energy").splitlines() == shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "town", "nonsense"), "there is no data set 'nonsense'"),
        (("add", "nowhere", "kpis"), "there is no territory 'nowhere'"),
        (("add", "town", "kpis", "--step", "hour"), "there is no step 'hour'; there are month, day"),
        (("add", "town", "kpis", "--licence", "mine"), "there is no licence 'mine'"),
        (("add", "town", "kpis", "--name", "A b"), "'A b' cannot be used"),
        (("add", "town", "kpis", "--contact", "a b@c"), "give an e-mail address"),
        (("add", "town", "kpis", "--kpi", "nonsense"), "there is no KPI 'nonsense'"),
        (("publish", "town", "kpis"), "town publishes nothing by the name 'kpis'"),
        (("show", "town", "kpis"), "town has never published anything by the name 'kpis'"),
        (("withdraw", "town", "kpis", "--because", "x"), "town publishes nothing by the name 'kpis'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    database_url: str, town: Connection, words: tuple[str, ...], sentence: str
) -> None:
    done = publication(database_url, *words)
    assert isinstance(done.exception, SettingError)
    assert sentence in str(done.exception)
    assert said(database_url, "list") == ""


def test_nothing_new_is_said_so(database_url: str, town: Connection) -> None:
    said(database_url, "add", "town", "parking_occupancy", "--from", "2026-03-01")
    said(database_url, "publish", "town", "parking-occupancy")
    done = publication(database_url, "publish", "town", "parking-occupancy")
    assert isinstance(done.exception, NothingNewError)


def moment(day: int) -> Moment:
    at = datetime(2026, 4, day, 12, tzinfo=UTC)
    return Moment(at, Pulse(at, ""))


def test_the_job_renews_what_is_due(town: Connection) -> None:
    """A daily publication is due a day after its last release, one without any at once, a withdrawn one never."""
    daily = add(town, "parking_occupancy", frequency="daily")
    monthly = add(town, "lighting_energy")
    part = {one: str(one.publication_id) for one in (daily, monthly)}
    for day, due in ((10, {daily, monthly}), (11, {daily}), (12, {daily})):
        waits = list(find(town, moment(day)))
        assert {wait.part for wait in waits} == {part[one] for one in due}
        assert [run(town, moment(day), wait.part).report for wait in waits] == [1] * len(due)
    assert [row["published_by"] for row in list_record(town, "town", "parking-occupancy")] == ["vigie analyse"] * 3
    assert run(town, moment(12), part[daily]).report == 0  # nothing has come since
    town.execute("update publications set withdrawn_at = now(), withdrawn_by = 'x', withdrawn_because = 'x'")
    assert list(find(town, moment(14))) == []
    assert run(town, moment(14), part[daily]).report == 0
