"""Models looked after: once a week whether what they are asked about has moved, and training anew when it is due.

Training keeps a challenger and puts it into use only where it does better than the champion on the same units
(`analytics.remaining_life.registry`). It is due every four weeks, and at once where an input has moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from analytics.remaining_life import registry
from analytics.remaining_life.drift import MOVED
from analytics.remaining_life.families import Family, families
from store.inputs import Connection
from store.models import list_models

log = structlog.get_logger("analytics")
EVERY = timedelta(days=28)
ACTOR = "analyse"


@dataclass(frozen=True, slots=True)
class RetrainReport:
    """Families looked at, versions that were trained, those put into use."""

    n_watched: int = 0
    n_trained: int = 0
    n_promoted: int = 0

    def __add__(self, other: "RetrainReport") -> "RetrainReport":
        """Add two reports up."""
        return RetrainReport(
            self.n_watched + other.n_watched, self.n_trained + other.n_trained, self.n_promoted + other.n_promoted
        )


def find_models(connection: Connection) -> Iterator[tuple[str, int | None]]:
    """Give every family, shared (None), and by territory where one has a model of its own."""
    for name in families():
        yield name, None
    own = {(one.family, one.territory_id) for one in list_models(connection) if one.territory_id is not None}
    yield from sorted(one for one in own if one[0] in families())


def retrain(connection: Connection, family: Family, territory_id: int | None, now: datetime) -> RetrainReport:
    """Look after one model, in a transaction; train it anew where that is due."""
    with connection.transaction():
        if not is_due(connection, family, territory_id, now):
            return RetrainReport(1)
        trained = registry.train(connection, family, registry.Order(territory_id, ACTOR, now))
    log.info("model_trained", family=family.name, territory_id=territory_id, reason=trained.reason)
    return RetrainReport(1, int(trained.model_id is not None), int(trained.is_promoted))


def is_due(connection: Connection, family: Family, territory_id: int | None, now: datetime) -> bool:
    """Say whether the newest version is old, or an input has moved since the champion was trained."""
    versions = [one for one in list_models(connection, family.name) if one.territory_id == territory_id]
    if not versions or now - max(one.trained_at for one in versions) >= EVERY:
        return True
    champion = registry.find_champion(connection, family.name, territory_id)
    drift = registry.drift_of(champion, family.read(connection, territory_id, now))
    moved = {name: round(index, 3) for name, index in drift.items() if index >= MOVED}
    if moved:
        log.warning("model_inputs_moved", family=family.name, territory_id=territory_id, moved=moved)
    return bool(moved)
