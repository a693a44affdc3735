"""The registry of models: training beside the champion, promotion with a reason, drift.

A new model never overwrites another. It becomes the champion where there is none that can be used, or where it does
better than the champion on the same units held out, which neither has seen, and clearly worse on no type of asset
(`comparison`); else it waits as a challenger, and a person may promote it with a reason. All is recorded.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import structlog

from analytics.remaining_life.comparison import JudgedByType, score_of, worse_types
from analytics.remaining_life.drift import describe, stability
from analytics.remaining_life.families import Data, Family, families
from analytics.remaining_life.model_file import ModelFile, ModelRefusedError, digest, pack, unpack
from store.inputs import Connection
from store.models import (
    KeptModel,
    NewModel,
    Promotion,
    add_model,
    list_models,
    promote_model,
    read_model_content,
)

log = structlog.get_logger("analytics")
LIBRARIES = ("numpy", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained: for a territory (None: shared), by whom, with what is known at an instant."""

    territory_id: int | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of a training: the model's number, its score, the champion's on the same units, what was decided."""

    model_id: int | None
    score: float | None
    champion_score: float | None
    is_promoted: bool
    reason: str


def train(connection: Connection, family: Family, order: Order) -> Trained:
    """Train a model and keep it, in the caller's transaction; where too little is known none is kept."""
    data = family.read(connection, order.territory_id, order.at)
    model = family.train(data)
    if model is None:
        return Trained(None, None, None, is_promoted=False, reason="too little is known to learn from")
    champion = find_champion(connection, family.name, order.territory_id)
    rival = open_champion(connection, family, champion)
    own = family.judge(model, data)
    beside = family.judge(rival, data) if isinstance(rival, ModelFile) else None
    card = card_of(family, order, data, (own, beside), drift_of(champion, data)) | dict(family.prove(model))
    model_id = add_model(
        connection,
        NewModel(order.territory_id, family.name, order.at, order.actor, card["score"], card, pack(model)),
    )
    is_better, reason = decide(own, beside, rival)
    if is_better:
        promote_model(connection, model_id, Promotion(order.at, order.actor, reason))
    return Trained(model_id, card["score"], card["champion_score"], is_better, reason)


def decide(own: JudgedByType | None, champion: JudgedByType | None, rival: ModelFile | str | None) -> tuple[bool, str]:
    """Say whether a new model takes the champion's place, and why; `rival` is the champion or why it is refused.

    What is better by less than is told, in four digits, is no better.
    """
    if rival is None:
        return True, "the first of its family"
    if isinstance(rival, str):
        return True, f"the champion cannot be used: {rival}"
    if own is None or champion is None:
        return False, "what is held out is too little to tell which is better"
    scores = [f"{score_of(one):.4g}" for one in (own, champion)]
    told = " against ".join(scores)
    if float(scores[0]) >= float(scores[1]):
        return False, f"no better on the same units held out: {told}"
    if worse := worse_types(own, champion):
        return False, f"better on the same units held out: {told}; but clearly worse on {', '.join(worse)}"
    return True, f"better on the same units held out: {told}"


def find_champion(connection: Connection, family: str, territory_id: int | None) -> KeptModel | None:
    """Find the model of a family that a territory (None: all) uses."""
    models = list_models(connection, family)
    return next((one for one in models if one.is_champion and one.territory_id == territory_id), None)


def open_champion(connection: Connection, family: Family, champion: KeptModel | None) -> ModelFile | str | None:
    """Open the champion: its file, why it is refused, or None where there is none."""
    if champion is None:
        return None
    try:
        return open_model(connection, family, champion)
    except ModelRefusedError as error:
        return str(error)


def open_model(connection: Connection, family: Family, model: KeptModel) -> ModelFile:
    """Open a model's file.

    Raises
    ------
    ModelRefusedError
        It is of another version.
    """
    return unpack(read_model_content(connection, model.model_id), family.name, family.method_version)


def champion_of(connection: Connection, family: str, territory_id: int) -> ModelFile | None:
    """Give the model that a territory uses: its own, else the shared one; None where there is neither."""
    own = find_champion(connection, family, territory_id) or find_champion(connection, family, None)
    return None if own is None else open_model(connection, families()[family], own)


def usable_champion(connection: Connection, family: str, territory_id: int) -> ModelFile | None:
    """Give the model that a territory uses; one that this version cannot read counts as none, and that is logged."""
    try:
        return champion_of(connection, family, territory_id)
    except ModelRefusedError as error:
        log.warning("model_refused", family=family, reason=str(error))
        return None


def promote(connection: Connection, model: KeptModel, promotion: Promotion) -> None:
    """Put a model into use by hand; one that this version cannot read is refused."""
    open_model(connection, families()[model.family], model)
    promote_model(connection, model.model_id, promotion)


def drift_of(champion: KeptModel | None, data: Data) -> Mapping[str, float]:
    """Give the population stability of each input since the champion was trained."""
    if champion is None:
        return {}
    then: Mapping[str, Any] = champion.card.get("inputs", {})
    found = {name: stability(then[name], values) for name, values in data.inputs.items() if name in then}
    return {name: index for name, index in found.items() if index is not None}


def card_of(
    family: Family,
    order: Order,
    data: Data,
    judged: tuple[JudgedByType | None, JudgedByType | None],
    drift: Mapping[str, float],
) -> dict[str, Any]:
    """Write the card: on what, with what and until when it was trained, how it and the champion did (`judged`), what
    it is not good for."""
    own, champion = judged
    return {
        "family": family.name,
        "method_version": family.method_version,
        "limits": family.limits,
        "seed": family.seed,
        "since": None if data.begins_at is None else data.begins_at.isoformat(),
        "until": order.at.isoformat(),
        "n_units": data.n_units,
        "data": {kind: dict(counts) for kind, counts in data.contents.items()},
        "inputs_hash": digest(data.arrays),
        "inputs": {name: describe(np.asarray(values)) for name, values in data.inputs.items()},
        "measure": family.measure,
        "score": None if own is None else score_of(own),
        "champion_score": None if champion is None else score_of(champion),
        "by_type": scores_by_type(own, champion),
        "drift_since_champion": dict(drift),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def scores_by_type(own: JudgedByType | None, champion: JudgedByType | None) -> dict[str, dict[str, float | None]]:
    """Give by type the score, on how many units held out it rests, and the champion's on the same."""
    return {
        kind: {
            "score": one.score,
            "n_held_out": float(one.counts.sum()),
            "champion_score": None if champion is None else champion[kind].score,
        }
        for kind, one in (own or {}).items()
    }
