"""Findings about assets and what they mean for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.health.known import Known
from analytics.health.probability import Signals
from analytics.health.signal import OF_SENSOR, Meaning, Verdicts, meaning_of, told_lead
from store.asset_health import HealthAsset, OpenFinding, Signal

YEAR_D = 365.25
GRADE: Mapping[str, float] = {"info": 0.25, "warning": 0.5, "urgent": 0.75, "critical": 1.0}  # of health that is lost


@dataclass(frozen=True, slots=True)
class Voice:
    """A finding about an asset, and what it means."""

    finding: OpenFinding
    index: int  # of the asset
    meaning: Meaning

    @property
    def is_of_sensor(self) -> bool:
        """Whether it tells of the sensor, not of what it watches."""
        return self.finding.kind in OF_SENSOR


def hear(known: Known) -> list[Voice]:
    """Give what findings mean; what began before an asset was installed was said of the one before it."""
    index_by_id = {asset.asset_id: index for index, asset in enumerate(known.assets)}
    verdicts = {
        (one.kind, one.asset_type): Verdicts(one.n_confirmed, one.n_false, one.n_leads, one.lead_h)
        for one in known.verdicts
    }
    voices = []
    for finding in known.findings:
        index = index_by_id.get(finding.asset_id)
        if index is None or is_of_another(known.assets[index], finding):
            continue
        meaning = meaning_of(finding.kind, verdicts.get((finding.kind, known.assets[index].type)))
        voices.append(Voice(finding, index, sharpened(meaning, finding)))
    return voices


def is_of_another(asset: HealthAsset, finding: OpenFinding) -> bool:
    """Say whether a finding began before the asset that stands there now was installed."""
    return asset.installed_at is not None and finding.started_at < asset.installed_at


def sharpened(meaning: Meaning, finding: OpenFinding) -> Meaning:
    """Take what the finding says itself, and a technician of it."""
    lead_d = meaning.lead_d
    if lead_d > 0:
        rate: Any = finding.breaks_a_year
        is_rate = isinstance(rate, int | float) and not isinstance(rate, bool) and rate > 0
        lead_d = float(np.log(2) * YEAR_D / rate) if is_rate else told_lead(lead_d, finding.days_left)
    return replace(meaning, lead_d=lead_d, precision=1.0 if finding.is_confirmed else meaning.precision)


def signals_of(voices: Sequence[Voice]) -> Signals:
    """Put findings into arrays; those of one incident about one asset are one group."""
    groups: dict[tuple[int, int], int] = {}
    for voice in voices:
        groups.setdefault(group_of(voice), len(groups))
    return Signals(
        asset=np.array([voice.index for voice in voices], dtype=np.intp),
        group=np.array([groups[group_of(voice)] for voice in voices], dtype=np.intp),
        precision=np.array([voice.meaning.precision for voice in voices], dtype=np.float64),
        lead_d=np.array([voice.meaning.lead_d for voice in voices], dtype=np.float64),
    )


def group_of(voice: Voice) -> tuple[int, int]:
    """Name the trouble that a finding tells of: its incident, else itself."""
    incident_id = voice.finding.incident_id
    return voice.index, -voice.finding.finding_id if incident_id is None else incident_id


def signal_of(voice: Voice) -> Signal:
    """Say what a finding says."""
    finding, meaning = voice.finding, voice.meaning
    return Signal(
        kind=finding.kind,
        since=finding.started_at.isoformat(),
        precision=round(meaning.precision, 3),
        is_measured=meaning.is_measured or bool(finding.is_confirmed),
        lead_d=round(meaning.lead_d, 1),
        within_30=round(within_30(voice), 3),
        sentence_fr=finding.sentence_fr,
        sentence_en=finding.sentence_en,
    )


def within_30(voice: Voice) -> float:
    """Give the probability that what a finding tells of has come within 30 days."""
    meaning = voice.meaning
    return meaning.precision * (1.0 if meaning.is_there else 1 - 2 ** (-30.0 / meaning.lead_d))


def wellbeing(asset: HealthAsset, voices: Sequence[Voice]) -> float | None:
    """Give the health, 0 to 1: of each incident, the worst finding takes a share by its precision and severity; None
    where nobody looks at the asset."""
    if not voices:
        return 1.0 if asset.is_watched else None
    worst: dict[tuple[int, int], float] = {}
    for voice in voices:
        lost = voice.meaning.precision * GRADE[voice.finding.severity]
        worst[group_of(voice)] = max(lost, worst.get(group_of(voice), 0.0))
    return float(np.prod([1 - lost for lost in worst.values()]))
