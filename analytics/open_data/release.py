"""A release: what is new is made and guarded, added to what was told before, written as files and into the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.open_data.figures import kpis, lighting_energy
from analytics.open_data.files import read_parquet, write_files
from analytics.open_data.making import Ask, Made, Make, Row, span_of
from analytics.open_data.national import car_parks, mobility_counts
from analytics.open_data.places import container_fill, parking_occupancy
from sensors.data_sets import DATA_SETS
from sensors.publication import DataSet
from store.inputs import Connection
from store.publications import Publication, PublishedFile, Release, hold, keep_release, read_file, read_told

MAKERS: Mapping[str, Make] = {
    "parking_occupancy": parking_occupancy,
    "container_fill": container_fill,
    "lighting_energy": lighting_energy,
    "kpis": kpis,
    "mobility_counts": mobility_counts,
    "car_parks": car_parks,
}
SETTLED = timedelta(days=2)  # what is told once waits so long for late values
MOST_ROWS = 1_000_000  # of a file: of a longer one the oldest steps are left out, their record stays


class NothingNewError(Exception):
    """There is nothing to publish that is not published yet."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is published: the time of the day, up to when rollups are computed, and who does it."""

    now: datetime
    known_to: datetime
    actor: str


def publish(connection: Connection, publication: Publication, moment: Moment) -> Release:
    """Publish what is new of a publication, in one transaction, and give what the record says of it.

    A data set that is told once goes on where any publication of its territory has stopped; others are told anew.

    Raises
    ------
    NothingNewError
        Nothing has come since, or the publication was withdrawn.
    """
    dataset = DATA_SETS[publication.dataset]
    with connection.transaction():
        if not hold(connection, publication.publication_id):
            raise NothingNewError(f"{publication.slug} is withdrawn")
        n_releases, told_to = read_told(connection, publication.publication_id)
        known_to = moment.known_to - SETTLED if dataset.is_told_once else moment.known_to
        span = span_of(publication, told_to if dataset.is_told_once else None, known_to)
        has_time = publication.step != "none"
        if has_time and span.begins_at >= span.ends_at:
            raise NothingNewError(f"{publication.slug}: no whole {publication.step} is new and settled")
        made = MAKERS[publication.dataset](connection, Ask(publication, span))
        if not any(made.rows.values()):
            raise NothingNewError(f"{publication.slug}: there is nothing to tell of yet")
        tables = with_earlier(connection, publication, dataset, made)
        period = (span.begins_at, span.ends_at) if has_time else (moment.now, moment.now)
        release = release_of(n_releases + 1, moment, period, made)
        keep_release(connection, publication.publication_id, release, files_of(dataset, tables))
    return release


def release_of(number: int, moment: Moment, period: tuple[datetime, datetime], made: Made) -> Release:
    """Say what the record keeps."""
    n_rows = sum(len(rows) for rows in made.rows.values())
    return Release(number, moment.now, moment.actor, *period, n_rows, made.n_hidden, made.completeness)


def with_earlier(
    connection: Connection, publication: Publication, dataset: DataSet, made: Made
) -> Mapping[str, Sequence[Row]]:
    """Put what was told before in front of the new rows of series, unchanged, where nothing is told twice."""
    tables: dict[str, Sequence[Row]] = dict(made.rows)
    for table in dataset.tables:
        if dataset.is_told_once and table.is_series:
            earlier = read_file(connection, publication.publication_id, f"{table.name}.parquet")
            rows = [*(read_parquet(earlier) if earlier else ()), *tables[table.name]]
            tables[table.name] = rows[-MOST_ROWS:]
    return tables


def files_of(dataset: DataSet, tables: Mapping[str, Sequence[Row]]) -> list[PublishedFile]:
    """Write the files of all tables."""
    return [file for table in dataset.tables for file in write_files(table, tables[table.name])]
