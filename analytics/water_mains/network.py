"""Pipes and breaks of a network as arrays."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NOWHERE = -1
USUAL_DIAMETER_MM = 150.0
LEAST_LENGTH_M = 1.0
MATERIALS = ("CI", "DI", "PVC", "PVCO", "CPP", "AC", "HDPE", "ST")
OTHER_MATERIAL = len(MATERIALS)
SAME_MATERIAL = {
    "CAST IRON": "CI", "GREY CAST IRON": "CI", "FONTE": "CI", "FONTE GRISE": "CI",
    "DUCTILE IRON": "DI", "FONTE DUCTILE": "DI", "PVC BI-ORIENTÉ": "PVCO", "PVC-O": "PVCO", "PVC-BO": "PVCO",
    "BÉTON": "CPP", "CONCRETE": "CPP", "AMIANTE-CIMENT": "AC", "ASBESTOS CEMENT": "AC", "FIBROCIMENT": "AC",
    "PE": "HDPE", "PEHD": "HDPE", "STEEL": "ST", "ACIER": "ST",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mains:
    """Pipes as arrays of shape (n_mains,).

    `laid` is the year with its fraction, NaN where unknown; a pipe that was replaced has the year of the new one.
    `length_m` is at least a metre, `material` an index of `MATERIALS` or `OTHER_MATERIAL`; `street` and `district` are
    codes from 0, or `NOWHERE`.
    """

    laid: Floats
    length_m: Floats
    diameter_mm: Floats
    material: Integers
    street: Integers
    district: Integers

    @property
    def n(self) -> int:
        """Give how many there are."""
        return len(self.laid)


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks as arrays of shape (n_breaks,): year with fraction, index of the pipe, code of the street.

    Pipe or street may be `NOWHERE`: a break of a pipe that is gone still says something about its street.
    """

    at: Floats
    main: Integers
    street: Integers

    def before(self, year: float) -> "Breaks":
        """Give those before an instant."""
        is_before = self.at < year
        return Breaks(self.at[is_before], self.main[is_before], self.street[is_before])


@dataclass(frozen=True, slots=True)
class Known:
    """What is written down of pipes, one each, in any order: NaN or None where it is not, or cannot be."""

    laid: Floats
    length_m: Floats
    diameter_mm: Floats
    materials: Sequence[str | None]
    districts: Sequence[Hashable | None]


def mains_of(known: Known, street: Integers) -> Mains:
    """Put pipes into arrays, the usual where nothing is known."""
    return Mains(
        laid=known.laid,
        length_m=or_usual(known.length_m, LEAST_LENGTH_M, LEAST_LENGTH_M),
        diameter_mm=or_usual(known.diameter_mm, USUAL_DIAMETER_MM, 1.0),
        material=np.array([material_code(name) for name in known.materials], dtype=np.int64),
        street=street,
        district=codes(known.districts, {}),
    )


def material_code(name: str | None) -> int:
    """Give the index of a material by its abbreviation or its French or English name."""
    asked = (name or "").strip().upper()
    asked = SAME_MATERIAL.get(asked, asked)
    return MATERIALS.index(asked) if asked in MATERIALS else OTHER_MATERIAL


def codes(names: Sequence[Hashable | None], known: dict[Hashable, int]) -> Integers:
    """Number names from 0 in order of appearance, going on from `known`, which is added to; None is `NOWHERE`."""
    return np.array([NOWHERE if name is None else known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def or_usual(values: Floats, usual: float, least: float) -> Floats:
    """Put the usual value where none, or none that can be, is known."""
    return np.where(np.isfinite(values) & (values >= least), values, usual)
