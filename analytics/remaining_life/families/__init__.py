"""Families of models that the registry trains, one module each: each exposes `FAMILY`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from analytics.remaining_life.comparison import JudgedByType
from analytics.remaining_life.features import Floats
from analytics.remaining_life.model_file import Arrays, ModelFile
from store.inputs import Connection


@dataclass(frozen=True, slots=True)
class Data:
    """What a model is trained on and what is held out, by whole units, the same units each time.

    `inputs` are the values whose drift is watched, `arrays` all that it rests on (their hash goes on the card),
    `contents` what there is of it, counted by type of asset, `begins_at` the first instant that it tells of.
    """

    training: Any  # differs from family to family, as do the next two
    held_out: Any
    inputs: Mapping[str, Floats]
    arrays: Arrays
    n_units: int
    contents: Mapping[str, Mapping[str, int]]
    begins_at: datetime | None


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of model. `judge` gives what it loses on what is held out; None where that is too little to judge.

    `train` gives None where there is too little to learn from. A change of what a model says needs a new
    `method_version`. `limits` is a sentence for the card, and so is `measure`: what is lost, by what.
    `prove` gives what else the card tells of what a model can do.
    """

    name: str
    method_version: str
    limits: str
    measure: str
    seed: int
    read: Callable[[Connection, int | None, datetime], Data]
    train: Callable[[Data], ModelFile | None]
    judge: Callable[[ModelFile, Data], JudgedByType | None]
    prove: Callable[[ModelFile], Mapping[str, Any]] = lambda _: {}


@cache
def families() -> Mapping[str, Family]:
    """Give all families by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").FAMILY for name in names]
    return {family.name: family for family in found}
