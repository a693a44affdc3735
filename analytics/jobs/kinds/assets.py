"""Sensors of assets watched together, block by block of consecutive assets: an asset stays in its block."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.watch_assets import VERSION, watch_assets
from store.inputs import Connection
from store.joint import read_asset_blocks

SIZE = 500  # assets of a block
N_BATCHES = 20  # of assets scored per job, so that no job starves the others


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where hours were computed."""
    occasion = f"{moment.computed_to.isoformat()} {VERSION}"
    return [Wait(str(block), occasion) for block in read_asset_blocks(connection, SIZE)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Score the new hours of a block."""
    first = int(part) * SIZE
    report = watch_assets(connection, moment.computed_to, N_BATCHES, range(first, first + SIZE))
    return Done(report, report.is_behind)


KIND = Kind("assets", 65, find, run)  # behind KPIs, which need none of it: months at once take it minutes
