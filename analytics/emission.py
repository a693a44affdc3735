"""Emission factors by kind and day: what a territory entered, else a table of published ones.

Average mixes, upstream included, as an official balance of greenhouse gases in France asks for (ADEME, Base Empreinte).
Mainland France: Corsica and overseas have factors of their own, which a territory there enters.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from store.baseline import DatedFactor

ELECTRICITY = "electricity_emission_factor"
GAS = "gas_emission_factor"
HEATING_OIL = "heating_oil_emission_factor"
HEAT = "heat_emission_factor"
DIESEL = "diesel_emissions"
PETROL = "petrol_emissions"
ENERGY_UNIT, VOLUME_UNIT = "kg/(kW.h)", "kg/L"

PUBLISHED = (
    DatedFactor(
        ELECTRICITY,
        0.0519,
        ENERGY_UNIT,
        "ADEME Base Empreinte, électricité 2024, mix moyen, 2021-2024",
        date(2021, 1, 1),
    ),
    DatedFactor(GAS, 0.215, ENERGY_UNIT, "ADEME Base Empreinte 2022, gaz naturel, PCS", date(2022, 1, 1)),
    DatedFactor(HEATING_OIL, 3.24, VOLUME_UNIT, "ADEME Base Empreinte 2022, fioul domestique", date(2022, 1, 1)),
    DatedFactor(HEAT, 0.113, ENERGY_UNIT, "FEDENE, enquête 2024, moyenne des réseaux de chaleur", date(2024, 1, 1)),
    DatedFactor(DIESEL, 3.10, VOLUME_UNIT, "ADEME Base Empreinte 2022, gazole B7", date(2022, 1, 1)),
    DatedFactor(PETROL, 2.7, VOLUME_UNIT, "ADEME Base Empreinte 2022, essence E5-E10", date(2022, 1, 1)),
)


def factor_on(kind: str, day: date, entered: Sequence[DatedFactor] = ()) -> DatedFactor | None:
    """Give the factor of a kind that holds on a day: one that was entered wins; None where neither is known."""
    return next(holding(kind, day, entered), None) or next(holding(kind, day, PUBLISHED), None)


def holding(kind: str, day: date, factors: Iterable[DatedFactor]) -> Iterator[DatedFactor]:
    """Give the factors of a kind that hold on a day."""
    return (
        one
        for one in factors
        if one.factor == kind and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    )
