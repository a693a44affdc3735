"""What people can report of the street: the kinds, which types of assets each is about, and how urgent it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["lamp", "container", "leak", "other"]


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A kind of report; without `asset_types` it may be about any asset. `title_fr` heads the work order."""

    name: Kind
    name_fr: str
    name_en: str
    title_fr: str
    asset_types: tuple[str, ...]
    severity: Literal["warning", "urgent"] = "warning"


KINDS: Mapping[Kind, ReportKind] = {
    kind.name: kind
    for kind in (
        ReportKind(
            "lamp", "Éclairage public", "Street lighting", "Signalement : éclairage", ("street_light", "light_cabinet")
        ),
        ReportKind(
            "container", "Conteneur de déchets", "Waste container", "Signalement : conteneur", ("waste_container",)
        ),
        ReportKind(
            "leak",
            "Fuite d’eau",
            "Water leak",
            "Signalement : fuite d’eau",
            ("water_pipe", "water_meter", "water_tank", "pump"),
            "urgent",
        ),
        ReportKind("other", "Autre chose", "Something else", "Signalement", ()),
    )
}
