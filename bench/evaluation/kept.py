"""Outcomes kept in a folder, one file a town, so that towns of years can be evaluated in several sittings.

An outcome says at which commit its town was evaluated: figures of towns that different states of the code went through
are told apart by whoever reads them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.evaluation.outcome import Outcome
from bench.evaluation.town import Plan


class KeptError(Exception):
    """A file of the folder cannot be read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one town gave, and of which plan."""

    plan: Plan
    outcome: Outcome


def keep(folder: Path, plan: Plan, outcome: Outcome) -> None:
    """Write a town's outcome; what is there of this seed and plan is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, plan, outcome.seed)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(msgspec.msgpack.encode(Kept(plan, outcome), enc_hook=plain))
    unfinished.replace(path)


def find(folder: Path, plan: Plan, seed: int) -> Kept | None:
    """Give what is kept of a town. Raises KeptError where it is of another form or plan."""
    path = path_of(folder, plan, seed)
    if not path.exists():
        return None
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=Kept)
    except (msgspec.MsgspecError, OSError) as error:
        raise KeptError(f"{path} cannot be read, take it away to evaluate the town again: {error}") from error
    if (kept.plan, kept.outcome.seed) != (plan, seed):
        raise KeptError(f"{path} is of another town or plan, take it away to evaluate the town again")
    return kept


def path_of(folder: Path, plan: Plan, seed: int) -> Path:
    """Name a town's file by its seed and plan."""
    return folder / f"seed-{seed}_scale-{plan.scale:g}_days-{plan.days}_history-{plan.history_days}.msgpack"


def plain(value: Any) -> Any:  # Any: what msgspec does not know by itself
    """Give numbers of numpy as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(type(value).__name__)
