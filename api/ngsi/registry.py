"""Assets and devices of the registry as entities of the Smart Data Models."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from api.ngsi.drafts import Attributes, Instance
from api.ngsi.instant import instant_text
from api.ngsi.vocabulary import MODEL_ROOT, NGSI, OWN_FACT, OWN_QUANTITY, model_iri
from sensors.cefact import UCUM_BY_CODE
from sensors.quantity import find_quantity
from sensors.smart_data_models import METERED, MODELS, STATED, Rule
from sensors.types import asset_types
from sensors.unit import convert
from store.ngsi.reading import ASSETS, DEVICES, Models
from store.reader import Row

DEVICE = "Device"
METER = "SmartMeteringObservation"
DEVICE_QUANTITIES = ("battery_level", "battery_voltage", "rssi", "snr")
SUPPLY = {"electricity_meter": "electricity", "water_meter": "water", "gas_meter": "gas"}
# Facts that the models name: fact to name and the unit they want.
FACTS: Mapping[str, Mapping[str, tuple[str, str | None]]] = {
    "street_light": {"nominal_power_w": ("powerRating", "W")},
    "car_park": {"n_places": ("totalSpotNumber", None)},
    "waste_container": {"capacity_l": ("binCapacity", "l")},
}
# Words of the models where they are not in lower case.
SPELLED = {"defectivelamp": "defectiveLamp", "lidopen": "lidOpen", "bootingup": "bootingUp"}
CODE_BY_UCUM = {ucum: code for code, ucum in reversed(UCUM_BY_CODE.items())}
DATASET = "urn:ngsi-ld:Dataset:"


class Told(NamedTuple):
    """How a quantity is told: the attribute's address, and the rule by which it is read, None where it is our own."""

    iri: str
    rule: Rule | None


@cache
def registry_models() -> Models:
    """Give which asset type is which entity type."""
    by_type = {
        name: (found.data_model, model_iri(found.data_model))
        for name, found in asset_types().items()
        if found.data_model is not None
    }
    return Models(MappingProxyType(by_type), model_iri(DEVICE))


@cache
def told_quantities(model: str, asset_type: str) -> Mapping[tuple[str, str], Told]:
    """Give for each quantity and channel the attribute of a model; the first rule of an attribute counts."""
    found: dict[tuple[str, str], Told] = {}
    for name, rules in MODELS[model].rules.items():
        rule = rules[0]
        quantity = rule.quantity
        if model == METER and quantity == "active_energy":
            quantity = METERED.get(SUPPLY.get(asset_type, ""), "")
        found.setdefault((quantity, rule.channel), Told(MODEL_ROOT + name, rule))
    return MappingProxyType(found)


def tell(model: str, asset_type: str, quantity: str, channel: str) -> tuple[Told, str]:
    """Give how a series is told, and its datasetId ("" for the default)."""
    told = told_quantities(model, asset_type)
    if (quantity, channel) in told:
        return told[(quantity, channel)], ""
    dataset = DATASET + channel if channel else ""
    return told.get((quantity, ""), Told(OWN_QUANTITY + quantity, None)), dataset


def quantities_of(model: str, asset_type: str, iris: Iterable[str]) -> list[str]:
    """Give the quantities that these attributes tell."""
    wanted = set(iris)
    own = [iri.removeprefix(OWN_QUANTITY) for iri in wanted if iri.startswith(OWN_QUANTITY)]
    told = told_quantities(model, asset_type)
    return own + [quantity for (quantity, _), one in told.items() if one.iri in wanted]


def model_of(branch: int, head: Row) -> tuple[str, str]:
    """Give the model of an asset or device, and its asset type."""
    if branch == DEVICES:
        return DEVICE, DEVICE
    return registry_models().by_type[head["type"]][0], head["type"]


def describe(branch: int, head: Row) -> Attributes:
    """Give what is known of an asset or device without measuring."""
    found: Attributes = {
        MODEL_ROOT + "name": [plain(head["name"])],
        "urn:vigie:territory": [plain(head["territory"])],
    }
    if branch == DEVICES:
        found |= describe_device(head)
        return found
    if head["longitude"] is not None and head["latitude"] is not None:
        shape = {"type": "Point", "coordinates": [head["longitude"], head["latitude"]]}
        found[NGSI + "location"] = [{"type": "GeoProperty", "value": shape}]
    if head["type"] in SUPPLY:
        found[MODEL_ROOT + "meterType"] = [plain(SUPPLY[head["type"]])]
    if (parent := parent_link(head)) is not None:
        found[parent[0]] = [{"type": "Relationship", "object": parent[1]}]
    for name, value in head["attributes"].items():
        if value is not None:
            iri, instance = describe_fact(head["type"], name, value)
            found[iri] = [instance]
    return found


def describe_device(head: Row) -> Attributes:
    """Give what is known of a device."""
    found: Attributes = {
        MODEL_ROOT + "serialNumber": [plain(head["slug"])],
        MODEL_ROOT + "deviceState": [plain(head["state"])],
    }
    if head["model"] is not None:
        found[OWN_FACT + "model"] = [plain(head["model"])]
    if head["asset_type"] in registry_models().by_type:
        link = asset_urn(head["asset_type"], head["asset_territory"], head["asset_slug"])
        found[MODEL_ROOT + "controlledAsset"] = [{"type": "Relationship", "object": link}]
    return found


def describe_fact(asset_type: str, name: str, value: Any) -> tuple[str, Instance]:
    """Give a fact about an asset as an attribute."""
    modelled = FACTS.get(asset_type, {}).get(name)
    stated = asset_types()[asset_type].attribute(name)
    unit = modelled[1] if modelled else stated.unit if stated else None
    iri = MODEL_ROOT + modelled[0] if modelled else OWN_FACT + name
    return iri, plain(value, unit)


def parent_link(head: Row) -> tuple[str, str] | None:
    """Give the relationship with what an asset belongs to, where that is an entity."""
    if head["parent_type"] not in registry_models().by_type:
        return None
    is_bay = head["type"] == "parking_bay" and head["parent_type"] == "car_park"
    link = asset_urn(head["parent_type"], head["parent_territory"], head["parent_slug"])
    return (MODEL_ROOT + "refParkingSite" if is_bay else "urn:vigie:attribute:part_of"), link


def asset_urn(asset_type: str, territory: str, slug: str) -> str:
    """Give the id of an asset; the same is made in `store/ngsi/reading.sql`."""
    return f"urn:ngsi-ld:{registry_models().by_type[asset_type][0]}:{territory}:{slug}"


def plain(value: Any, unit: str | None = None) -> Instance:
    """Give a value as a property."""
    code = CODE_BY_UCUM.get(unit) if unit else None
    return {"type": "Property", "value": value, **({"unitCode": code} if code else {})}


def measured(branch: int, head: Row, row: Row) -> tuple[str, Instance]:
    """Give a measurement as an attribute with its value and time."""
    told, dataset = tell(*model_of(branch, head), row["quantity"], row["channel"])
    instance: Instance = {"type": "Property", **value_of(told, row["quantity"], row["value"])}
    instance["observedAt"] = instant_text(row["observed_at"])
    if dataset:
        instance["datasetId"] = dataset
    if row["is_simulated"]:
        instance["urn:vigie:simulated"] = plain(True)
    return told.iri, instance


def value_of(told: Told, quantity: str, value: float) -> dict[str, Any]:
    """Give a stored value as the model has it: a word for a state, else a number in its unit."""
    known = find_quantity(quantity)
    if known is None:
        return {"value": value}
    if known.kind == "state":
        return {"value": word_of(told, quantity, value)}
    unit = told.rule.unit if told.rule is not None and told.rule.unit not in {"", STATED} else known.unit
    code = CODE_BY_UCUM.get(unit)
    number = round(convert(value, known.unit, unit), 12) if unit != known.unit else value
    return {"value": number, **({"unitCode": code} if code else {})}


def word_of(told: Told, quantity: str, value: float) -> Any:
    """Give the word for a state: the model's where it has one, else ours; the number where there is none."""
    known = find_quantity(quantity)
    slug = next((code.slug for code in known.codes if code.number == value), None) if known else None
    if slug is None:
        return value
    words = told.rule.codes if told.rule is not None and told.rule.codes else {}
    word = next((word for word, code in words.items() if code == slug), slug)
    return SPELLED.get(word, word)


def attributes_now(branch: int, head: Row, rows: Iterable[Row]) -> Attributes:
    """Give all attributes of an asset or device: what is known of it, and what was measured last."""
    found = describe(branch, head)
    for row in rows:
        iri, instance = measured(branch, head, row)
        others = found.get(iri, [])
        if not any("observedAt" in one and one.get("datasetId") == instance.get("datasetId") for one in others):
            found[iri] = [one for one in others if "observedAt" in one] + [instance]
    return found


def type_of(branch: int, head: Row) -> str:
    """Give the whole address of the type of an asset or device."""
    models = registry_models()
    return models.by_type[head["type"]][1] if branch == ASSETS else models.device_iri
