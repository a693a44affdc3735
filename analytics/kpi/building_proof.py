"""The numbers behind a building's saving: models, fit, meters replaced, what was left out, lasting changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from analytics.building.break_point import Break
from analytics.building.change_point import ChangePointModel
from analytics.building.inputs import BuildingInputs
from analytics.building.saving import MeterSaving
from store.baseline import ProjectAsset


class ToldAsset(Protocol):
    """What the proof needs to know of an asset."""

    @property
    def project(self) -> ProjectAsset:
        """The project's asset."""

    @property
    def savings(self) -> tuple[MeterSaving, ...]:
        """Its meters."""

    @property
    def refusal(self) -> str | None:
        """Why it cannot be told."""


def proof_of(inputs: BuildingInputs, told: Sequence[ToldAsset]) -> dict[str, Any]:
    """Give the numbers behind the savings of some assets."""
    savings = [saving for one in told for saving in one.savings]
    return {
        "projects": sorted({one.project.project for one in told}),
        "baseline_from": min(one.project.baseline_from for one in told).isoformat(),
        "baseline_to": max(one.project.baseline_to for one in told).isoformat(),
        "n_assets": len(told),
        "n_assets_left_out": sum(one.refusal is not None for one in told),
        "would_have_used_kwh": sum(saving.would_kwh for saving in savings),
        "used_kwh": sum(saving.used_kwh for saving in savings),
        "n_lasting_changes": sum(
            (saving.breaks.before is not None) + (saving.breaks.after is not None) for saving in savings
        ),
        "gas_heating_value": inputs.heating_value,
        "meters": [proof_of_meter(saving) for saving in savings] if len(told) == 1 else [],
    }


def proof_of_meter(saving: MeterSaving) -> dict[str, Any]:
    """Give the numbers behind one meter's saving: shares of use, levels in kW.h a day, temperatures in °C."""
    quality = saving.baseline.quality
    return {
        "energy": saving.energy,
        "model": model_of(saving),
        "n_baseline": quality.n,
        "cv_rmse": round(quality.cv_rmse, 4),
        "nmbe": round(quality.nmbe, 6),
        "r_squared": round(quality.r_squared, 4),
        "autocorrelation": round(quality.correlation, 3),
        "half_width_kwh": saving.half_kwh,
        "guideline_14_half_width_kwh": saving.guideline_kwh,
        "n_days_known": saving.n_known,
        "n_days": saving.n_days,
        "n_days_negative": saving.metered.n_negative,
        "n_days_reset": saving.metered.n_resets,
        "replaced_on": [day.isoformat() for day in saving.metered.replaced_on],
        "changed_in_baseline": change_of(saving.breaks.before),
        "changed_since_works": change_of(saving.breaks.after),
    }


def model_of(saving: MeterSaving) -> dict[str, Any]:
    """Name a model and its parameters."""
    model = saving.baseline.model
    if isinstance(model, ChangePointModel):
        return {
            "kind": model.kind,
            "n_parameters": model.n_parameters,
            "base_kwh": model.base,
            "rest_kwh": model.rest,
            "heating_kwh_per_k": model.heating,
            "heating_below_cel": model.heating_below,
            "cooling_kwh_per_k": model.cooling,
            "cooling_above_cel": model.cooling_above,
        }
    return {"kind": "hours of the week and temperature", "n_parameters": saving.baseline.quality.n_parameters}


def change_of(change: Break | None) -> dict[str, Any] | None:
    """Write a lasting change."""
    if change is None:
        return None
    return {
        "on": date.fromordinal(change.day).isoformat(),
        "share": round(change.shift, 4),
        "statistic": round(change.statistic, 1),
    }
