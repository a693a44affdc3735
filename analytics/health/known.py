"""What is known of a territory when the health of its assets is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analytics.health.mains import BreakRate
from analytics.remaining_life.families.asset_course import Remaining
from analytics.remaining_life.lamp import LampLife
from analytics.remaining_life.model_file import ModelFile
from store.asset_health import FailureCost, HealthAsset, KindVerdicts, OpenFinding


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a territory: its assets, the findings that go on, what technicians said of their like, what it
    entered about failures, its models (None: there is none), the days left by what assets say on their way, how often
    mains break and the hours that lamps have burned, by their numbers, and the zone of its clock."""

    assets: Sequence[HealthAsset]
    findings: Sequence[OpenFinding]
    verdicts: Sequence[KindVerdicts] = ()
    costs: Sequence[FailureCost] = ()
    life: ModelFile | None = None
    calibration: ModelFile | None = None
    lamp_life: ModelFile | None = None
    courses: Mapping[int, Remaining] = field(default_factory=dict)
    breaks: Mapping[int, BreakRate] = field(default_factory=dict)
    lamps: Mapping[int, LampLife] = field(default_factory=dict)
    time_zone: str = "UTC"
