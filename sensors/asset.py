"""What a type of asset is: what is measured on it, how often, and what is known about it."""

from dataclasses import dataclass
from typing import Literal

Domain = Literal["lighting", "parking", "waste", "building", "water", "structure", "mobility", "weather", "platform"]
AttributeKind = Literal["number", "text", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A quantity that such an asset usually has, on a channel ("" where it has one), and how often it comes.

    `interval_s` is the ordinary reporting interval in seconds, used where the device declares none; None for what is
    sent only when it changes.
    """

    quantity: str
    interval_s: float | None = 900.0
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A fact about the asset that does not come from a sensor. `unit` is UCUM, for numbers that have one."""

    name: str
    kind: AttributeKind
    name_en: str
    name_fr: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AssetType:
    """One kind of thing that is looked after. `data_model` is its entity type in the Smart Data Models, if any."""

    name: str
    name_en: str
    name_fr: str
    domain: Domain
    quantities: tuple[Observed, ...]
    attributes: tuple[Attribute, ...] = ()
    data_model: str | None = None

    def attribute(self, name: str) -> Attribute | None:
        """Give the attribute of this name, None where there is none."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)
