"""One KPI figure before it is written, and the rules that all domains share."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from store.inputs import Delivered

# Below this share of known time a figure is withheld. A convention of ours: a day may miss six hours.
LEAST_COMPLETENESS = 0.75


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI of one asset (`asset_id` None: of the territory) over one period.

    `low` and `high` bound the true value [unit]; `completeness` is 0 to 1, None where not known; `value` is None
    exactly when `withheld` says why. `baseline` [unit] is what would have been, where the KPI compares with that.
    """

    kpi: str
    asset_id: int | None
    unit: str
    value: float | None
    low: float | None
    high: float | None
    completeness: float | None
    inputs_hash: str
    withheld: str | None = None
    proof: Mapping[str, Any] = field(default_factory=dict)
    baseline: float | None = None


def tell(
    kpi: str,
    asset_id: int | None,
    unit: str,
    bounds: tuple[float | None, float | None, float | None],
    known: "Known",
    baseline: float | None = None,
) -> Figure:
    """Make a figure of (low, value, high), withheld where too little is known."""
    low, value, high = bounds
    reason = known.reason_to_withhold()
    if reason is None and value is None:
        reason = "not known: the inputs give no value"
    if reason is not None:
        low = value = high = None
    return Figure(
        kpi, asset_id, unit, value, low, high, known.completeness, known.inputs_hash, reason, known.proof, baseline
    )


def bound(figure: Figure, delivered: Delivered | None) -> Figure:
    """Let a figure be no more complete than its messages: what was held over a lost one was not known.

    Where nothing says how many messages to expect, the time for which values are known stands alone.
    """
    if delivered is None or figure.completeness is None or delivered.share >= figure.completeness:
        return figure
    proof = {**figure.proof, "n_messages": delivered.n_heard, "n_messages_missing": delivered.n_missing}
    bounded = replace(figure, completeness=delivered.share, proof=proof)
    if figure.value is None or delivered.share >= LEAST_COMPLETENESS:
        return bounded
    return refuse(
        bounded, f"too few messages: {delivered.share:.0%} of those expected came, {LEAST_COMPLETENESS:.0%} are needed"
    )


def refuse(figure: Figure, reason: str) -> Figure:
    """Withhold a figure for this reason."""
    return replace(figure, value=None, low=None, high=None, withheld=reason)


@dataclass(frozen=True, slots=True)
class Known:
    """How much of a period is known: covered of expected seconds, out of which inputs."""

    covered_s: float
    expected_s: float
    inputs_hash: str
    proof: Mapping[str, Any] = field(default_factory=dict)

    @property
    def completeness(self) -> float | None:
        """Share of the expected time that is known; None where nothing was expected."""
        return min(1.0, self.covered_s / self.expected_s) if self.expected_s > 0 else None

    def reason_to_withhold(self) -> str | None:
        """Say why no figure may be told, or None."""
        share = self.completeness
        if share is None:
            return "not known: nothing was expected in this period"
        if share < LEAST_COMPLETENESS:
            return f"too little data: {share:.0%} of the time is known, {LEAST_COMPLETENESS:.0%} are needed"
        return None


def hash_inputs(rows: Sequence[object]) -> str:
    """Hash the inputs of a figure: frozen dataclasses in a stated order, floats to their last digit.

    The same values have the same hash whether they come from the store or from the evidence of a report: lists and
    tuples are alike, and so are instants of the same moment in UTC.
    """
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
