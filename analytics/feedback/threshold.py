"""Thresholds as a territory has moved them: what detectors and hints compare scores with."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite

from analytics.detectors import DetectorEntry, detectors
from analytics.maintenance import Hint, Verdict, hints
from sensors.safety import SAFETY_KINDS
from store.inputs import Connection
from store.threshold import read_asset_factors


def moved(entry: DetectorEntry, factor: float) -> DetectorEntry:
    """Give a detector whose alarms open and close at so many times its own thresholds; scores stay as they are."""
    if factor == 1.0:
        return entry
    sure_at = entry.sure_at * factor if isfinite(entry.sure_at) else entry.sure_at
    return replace(entry, open_at=entry.open_at * factor, close_at=entry.close_at * factor, sure_at=sure_at)


def moved_for(
    connection: Connection, entry: DetectorEntry, territory_id: int, asset_ids: Iterable[int | None]
) -> dict[int | None, DetectorEntry]:
    """Give a detector as `moved` does, for findings about each of these assets (None: about none) of a territory."""
    ids = list(set(asset_ids))
    factors = read_asset_factors(connection, entry.finding_kind, territory_id, ids)
    return {asset_id: moved(entry, factors.get(asset_id, 1.0)) for asset_id in ids}


def without_quiet(
    connection: Connection, hint: Hint, territory_id: int, verdicts: Iterable[Verdict]
) -> Sequence[Verdict]:
    """Leave out what is there by the hint's threshold, but not by the territory's: it opens and closes nothing."""
    told = list(verdicts)
    if hint.open_at is None or hint.name in SAFETY_KINDS:
        return told
    ids = list({one.asset_id for one in told if one.is_present})
    factors = read_asset_factors(connection, hint.name, territory_id, ids) if ids else {}
    return [one for one in told if not one.is_present or one.score >= hint.open_at * factors.get(one.asset_id, 1.0)]


def movable_kinds() -> frozenset[str]:
    """Give the kinds of findings whose models have a threshold and on which nobody's safety hangs."""
    kinds = {entry.finding_kind for entry in detectors().values()}
    kinds |= {hint.name for hint in hints().values() if hint.open_at is not None}
    return frozenset(kinds - SAFETY_KINDS)
