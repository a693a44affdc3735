"""Series scored by detectors, block by block of consecutive series: a series always belongs to the same block."""

from collections.abc import Iterable

from analytics.detectors import detectors
from analytics.jobs import Done, Kind, Moment, Wait
from analytics.watch import watch_series
from store.inputs import Connection
from store.jobs import read_blocks

SIZE = 2000  # series of a block
N_BATCHES = 20  # of series scored per job and detector, so that no job starves the others


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where newer or late values have come; each hour too, when the first hours of new series are closed."""
    versions = ",".join(f"{entry.name}/{entry.version}" for entry in detectors().values())
    beside = f"{moment.computed_to.isoformat()} {versions}"
    return [Wait(str(block), f"{heard} {beside}") for block, heard in read_blocks(connection, SIZE)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Score what is new in a block."""
    first = int(part) * SIZE
    report = watch_series(connection, N_BATCHES, range(first, first + SIZE))
    return Done(report, report.is_behind)


KIND = Kind("watch", 40, find, run)
