"""Releases of a town's data sets: what is told, what is hidden, what is told once, what the record keeps."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import psycopg
import pytest

from analytics.open_data.files import read_parquet
from analytics.open_data.guard import Shown
from analytics.open_data.release import MAKERS, NothingNewError, publish
from api.routes.publications import PublicationChoice
from sensors.data_sets import DATA_SETS
from sensors.publication import FREQUENCIES, LICENCES
from store.publications import (
    Publication,
    TakenError,
    find_publication,
    list_record,
    read_file,
    withdraw,
)
from store.technician import NotThereError
from tests.analytics.open_data.test_guard import learnt
from tests.support.open_town import BEGIN, END, N_BAYS, Connection, add, moment, open_town, pass_hours
from tests.support.shared import REPOSITORY

pytestmark = pytest.mark.services
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD_TO = datetime(2026, 4, 13, 22, tzinfo=UTC)  # two days before the end


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with open_town(database_url) as connection:
        yield connection


def content(connection: Connection, publication: Publication, name: str) -> bytes:
    found = read_file(connection, publication.publication_id, name)
    assert found is not None
    return found


def table(connection: Connection, publication: Publication, name: str) -> list[dict[str, str]]:
    """Read a CSV file as anybody would."""
    return list(csv.DictReader(io.StringIO(content(connection, publication, name).decode(), newline="")))


def test_parking_is_told_by_place_and_hour_and_small_places_are_hidden(town: Connection) -> None:
    published = add(town, "parking_occupancy")
    release = publish(town, published, moment())
    rows = table(town, published, "occupancy.csv")
    n_hours = round((TOLD_TO - BEGIN) / HOUR)
    assert Counter(row["place"] for row in rows) == dict.fromkeys(["centre", "place", "gare", "halles", ""], n_hours)
    # The station has two bays, and with the next smallest place it is enough that no difference tells of them.
    assert {row["place"] for row in rows if row["bound"] == "hidden"} == {"gare", "place"}
    assert {row["n_bays"] + row["occupancy"] for row in rows if row["bound"] == "hidden"} == {""}
    assert (release.n_rows, release.n_hidden, release.completeness) == (5 * n_hours, 2 * n_hours, 1.0)
    noon = next(row for row in rows if row["place"] == "halles" and row["start"] == "2026-03-02T11:00:00Z")
    assert noon["end"] == "2026-03-02T12:00:00Z"
    assert float(noon["occupancy"]) == pytest.approx((325 - 131) / 325, abs=1e-4)
    assert (noon["longitude"], noon["latitude"]) == ("5.041", "47.321")


def test_no_single_bay_is_learnt_from_what_was_published(town: Connection) -> None:
    """The published file is solved hour by hour for each bay, given where all are: any state stays possible."""
    published = add(town, "parking_occupancy")
    publish(town, published, moment())
    rows = table(town, published, "occupancy.csv")
    places = ["centre", "gare", "halles", "place"]
    bays = [[0.0] * (N_BAYS | {"halles": 325})[place] for place in places]
    hours = sorted({row["start"] for row in rows})
    for hour in hours[:: len(hours) // 12]:
        own = {row["place"]: as_shown(row) for row in rows if row["start"] == hour}
        assert learnt(bays, [own[place] for place in places], own[""]) < 1e-6


def as_shown(row: dict[str, str]) -> Shown:
    """Read a row back."""
    n, mean = (int(row["n_bays"]), float(row["occupancy"])) if row["n_bays"] else (None, None)
    return Shown(row["place"], n, mean, row["bound"])  # type: ignore[arg-type]  # as written


def test_files_say_the_same_in_each_format(town: Connection) -> None:
    published = add(town, "parking_occupancy", "day")
    publish(town, published, moment())
    rows = table(town, published, "occupancy.csv")
    parquet = read_parquet(content(town, published, "occupancy.parquet"))
    features = json.loads(content(town, published, "occupancy.geojson"))["features"]
    assert len(rows) == len(parquet) == len(features) == 5 * 44
    for row, values, feature in zip(rows, parquet, features, strict=True):
        named = dict(
            zip((column.name for column in DATA_SETS[published.dataset].tables[0].columns), values, strict=True)
        )
        assert named["start"] == datetime.fromisoformat(row["start"])
        assert (str(named["occupancy"]) if named["occupancy"] is not None else "") == row["occupancy"]
        place = feature["geometry"] and feature["geometry"]["coordinates"]
        assert place == ([named["longitude"], named["latitude"]] if named["longitude"] else None)
        assert feature["properties"]["start"] == row["start"]


def test_what_was_told_is_never_told_otherwise(town: Connection) -> None:
    """Late values change nothing that is published: the difference could be one car. What is new is added."""
    published = add(town, "parking_occupancy")
    publish(town, published, moment())
    first = content(town, published, "occupancy.csv")
    town.execute("update states_hourly set state = 1 - state")
    with pytest.raises(NothingNewError):
        publish(town, published, moment())
    pass_hours(town, END, END + 3 * DAY)
    second = publish(town, published, moment(END + 3 * DAY))
    assert content(town, published, "occupancy.csv").startswith(first)
    assert (second.number, second.begins_at, second.ends_at) == (2, TOLD_TO, TOLD_TO + 3 * DAY)


def test_a_publication_in_the_place_of_a_withdrawn_one_tells_no_hour_again(town: Connection) -> None:
    published = add(town, "parking_occupancy")
    publish(town, published, moment())
    withdraw(town, ("town", "parking-occupancy"), "tried out", "test")
    anew = add(town, "parking_occupancy", slug="parking-2", step="day")
    pass_hours(town, END, END + DAY)
    assert publish(town, anew, moment(END + DAY)).begins_at == TOLD_TO


def test_a_place_that_says_nothing_is_missing_in_the_completeness(town: Connection) -> None:
    town.execute(
        "delete from states_hourly where series_id in (select sa.series_id from series_assets sa"
        " join assets a using (asset_id) where a.slug like 'place-%')"
    )
    release = publish(town, add(town, "parking_occupancy"), moment())
    assert release.completeness == pytest.approx((8 + 2 + 325) / (8 + 2 + 325 + 6))


def test_containers_are_told_by_zone(town: Connection) -> None:
    published = add(town, "container_fill", "day")
    release = publish(town, published, moment())
    rows = table(town, published, "fill.csv")
    # The south has two containers: with the north hidden for their sake, only the total is told.
    assert {(row["place"], row["bound"]) for row in rows} == {("nord", "hidden"), ("sud", "hidden"), ("", "")}
    assert {row["n_containers"] for row in rows if not row["bound"]} == {"8"}
    assert release.n_hidden == 2 * 44


def test_energy_of_cabinets_by_month(town: Connection) -> None:
    published = add(town, "lighting_energy")
    release = publish(town, published, moment())
    (row,) = table(town, published, "energy.csv")
    assert (row["cabinet"], row["name"]) == ("cabinet", "'=Armoire")  # no spreadsheet runs it
    assert (row["start"], row["end"]) == ("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")
    assert float(row["energy_kwh"]) == pytest.approx(1.5 * 743)
    assert release.completeness == pytest.approx(1.0)
    assert (row["longitude"], row["latitude"]) == ("5.041", "47.321")


def test_kpis_are_those_shown_to_all_by_month_where_people_are_concerned(town: Connection) -> None:
    published = add(town, "kpis", "day", kpis=("lighting_energy_saved", "bay_occupancy"))
    release = publish(town, published, moment())
    rows = table(town, published, "kpis.csv")
    told = [(row["kpi"], row["start"]) for row in rows]
    assert told == [
        ("bay_occupancy", "2026-02-28T23:00:00Z"),
        ("lighting_energy_saved", "2026-02-28T23:00:00Z"),
        ("lighting_energy_saved", "2026-03-31T22:00:00Z"),
    ]
    assert rows[1]["name_fr"] == "Énergie d’éclairage économisée"
    assert (release.n_hidden, release.completeness) == (1, pytest.approx(0.8))


def test_kpis_of_a_handful_of_bays_are_not_told(town: Connection) -> None:
    town.execute("update assets set retired_at = now() where type = 'parking_bay' and slug not like 'gare-%'")
    published = add(town, "kpis", kpis=("bay_occupancy", "lighting_energy_saved"))
    publish(town, published, moment())
    assert {row["kpi"] for row in table(town, published, "kpis.csv")} == {"lighting_energy_saved"}


def test_small_counts_are_left_empty_and_counters_indoors_out(town: Connection) -> None:
    published = add(town, "mobility_counts")
    release = publish(town, published, moment())
    rows = table(town, published, "measure.csv")
    assert {row["channel_id"] for row in rows} == {"voie-verte-bicycle"}
    counts = Counter(row["count"] for row in rows)
    assert set(counts) == {"", *map(str, range(5, 12))}
    assert release.n_hidden == counts[""]
    assert release.completeness == pytest.approx(1.0)
    (site,) = table(town, published, "site.csv")
    (channel,) = table(town, published, "channel.csv")
    assert (site["site_id"], channel["site_id"], channel["direction"]) == ("voie-verte", "voie-verte", "SW")


def test_car_parks_lack_nothing_that_the_schema_requires(town: Connection) -> None:
    published = add(town, "car_parks")
    release = publish(town, published, moment())
    (row,) = table(town, published, "stationnement.csv")
    assert (row["id"], row["nom"], row["insee"]) == ("21231-P-001", "LES HALLES – ETE", "21231")
    assert (row["gratuit"], row["nb_places"], row["nb_pmr"], row["hauteur_max"]) == ("false", "325", "8", "190")
    assert release.completeness == 0.5


def test_the_record_holds_what_was_published_and_is_not_changed(town: Connection) -> None:
    published = add(town, "lighting_energy")
    publish(town, published, moment())
    digest = hashlib.sha256(content(town, published, "energy.csv")).hexdigest()
    withdraw(town, ("town", "lighting-energy"), "a wrong meter", "test")
    (record,) = list_record(town, "town", "lighting-energy")
    assert {file["name"]: file["sha256"] for file in record["files"]}["energy.csv"] == digest
    assert (record["published_by"], record["n_rows"]) == ("test", 1)
    assert read_file(town, published.publication_id, "energy.csv") is None
    assert find_publication(town, "town", "lighting-energy") is None
    for statement in ("update publication_releases set n_rows = 0", "delete from publication_releases"):
        with pytest.raises(psycopg.errors.RaiseException, match="record"):
            town.execute(statement)


def test_a_data_set_is_published_once_at_a_time(town: Connection) -> None:
    add(town, "kpis")
    with pytest.raises(TakenError, match="publishes kpis already"):
        add(town, "kpis", slug="more-kpis")
    with pytest.raises(TakenError, match="of this name"):
        add(town, "car_parks", slug="kpis")
    with pytest.raises(NotThereError):
        add(town, "kpis", territory="nowhere")


def test_nothing_is_published_where_nothing_is_known(town: Connection) -> None:
    published = add(town, "container_fill", territory="other")
    with pytest.raises(NothingNewError, match="nothing to tell"):
        publish(town, published, moment())
    late = add(town, "parking_occupancy", from_on=date(2026, 4, 14))
    with pytest.raises(NothingNewError, match="no whole hour"):
        publish(town, late, moment())


def test_each_data_set_has_a_maker_and_is_offered_and_documented() -> None:
    page = (REPOSITORY / "docs" / "how-to" / "open-data.md").read_text(encoding="utf-8")
    offered = PublicationChoice.model_fields["dataset"].annotation
    assert set(DATA_SETS) == set(MAKERS) == set(get_args(offered))
    assert [name for name in DATA_SETS if f"`{name}`" not in page] == []
    for vocabulary, field in ((LICENCES, "licence"), (FREQUENCIES, "frequency")):
        assert set(vocabulary) == set(get_args(PublicationChoice.model_fields[field].annotation))
        assert [name for name in vocabulary if f"`{name}`" not in page] == []


def test_vocabulary_is_sound() -> None:
    kinds: Any = {"text", "number", "integer", "boolean", "instant"}
    for dataset in DATA_SETS.values():
        assert dataset.steps
        for one in dataset.tables:
            assert {column.kind for column in one.columns} <= kinds
            names = [column.name for column in one.columns]
            assert len(set(names)) == len(names)
            assert all(column.about_fr and column.about_en for column in one.columns) or one.schema
