"""Open data, by publication, as often as each is renewed; where nothing is new, looked at again the next day."""

from collections.abc import Iterable
from datetime import timedelta

from analytics.jobs import Done, Kind, Moment, Wait
from sensors.publication import FREQUENCIES
from store.inputs import Connection
from store.publications import find_due, find_publication_by_id

EARLY = timedelta(hours=12)  # what is renewed daily is not put off by a day for having been late once


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where the last release is old enough, or there was none."""
    return [
        Wait(str(publication_id), moment.now.strftime("%Y-%m-%d"))
        for publication_id, frequency, published_at in find_due(connection)
        if published_at is None or moment.now >= published_at + timedelta(days=FREQUENCIES[frequency].days) - EARLY
    ]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Publish what is new of one; the report counts releases."""
    from analytics.open_data import release  # other kinds need not wait for Arrow

    publication = find_publication_by_id(connection, int(part))
    if publication is None:
        return Done(0)
    try:
        when = release.Moment(moment.now, moment.computed_to, "vigie analyse")
        release.publish(connection, publication, when)
    except release.NothingNewError:
        return Done(0)
    return Done(1)


KIND = Kind("publications", 95, find, run)
