"""What was drawn for each public building: its use, size, walls, plant, and what stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.description import Asset, Device
from simulators.grid import Floats, Integers
from simulators.place import Setting
from simulators.rhythm import Civil, follow, is_between

# Name, floor area [m²], heat network instead of a boiler, lift.
KINDS: tuple[tuple[str, str, float, bool, bool], ...] = (
    ("mairie", "Mairie", 1400, False, True),
    ("ecole", "École", 2300, False, False),
    ("gymnase", "Gymnase", 1900, False, False),
    ("mediatheque", "Médiathèque", 1100, True, True),
    ("creche", "Crèche", 650, False, False),
    ("salle", "Salle des fêtes", 900, True, False),
)


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    """One value per building: kind, floor area [m²], heat loss [kW/K], store [kWh/K], boiler [kW], fan [m³/h]."""

    kinds: Integers
    area: Floats
    loss_kw_k: Floats
    store_kwh_k: Floats
    boiler_kw: Floats
    air_m3_h: Floats
    has_boiler: NDArray[np.bool_]
    has_lift: NDArray[np.bool_]
    filter_phase: Floats


def draw_building_plan(setting: Setting) -> BuildingPlan:
    """Draw buildings of each kind in turn."""
    draws = setting.chance.of("building plan")
    n = setting.plan.n_buildings
    kinds = np.arange(n) % len(KINDS)
    area = np.array([KINDS[kind][2] for kind in kinds]) * draws.uniform(0.8, 1.25, n)
    loss = area * draws.uniform(0.0011, 0.0026, n)
    return BuildingPlan(
        kinds=kinds,
        area=area,
        loss_kw_k=loss,
        store_kwh_k=loss * draws.uniform(35, 70, n),
        boiler_kw=loss * draws.uniform(38, 46, n),
        air_m3_h=area * draws.uniform(2.0, 3.0, n),
        has_boiler=np.array([not KINDS[kind][3] for kind in kinds]),
        has_lift=np.array([KINDS[kind][4] for kind in kinds]),
        filter_phase=draws.random(n),
    )


def find_presence(plan: BuildingPlan, civil: Civil) -> Floats:
    """Give the share of people present, 0 to 1, (n_buildings, n_steps)."""
    by_kind = np.stack([presence_of(slug, civil) for slug, *_ in KINDS])
    presence: Floats = by_kind[plan.kinds]
    return presence


def presence_of(kind: str, civil: Civil) -> Floats:
    """Give the share of people present in one kind of building."""
    hour = civil.hour
    is_open: NDArray[np.bool_]
    if kind == "ecole":
        is_open, knots = civil.is_school, [(7.5, 0.0), (8.5, 0.95), (12, 0.7), (13.5, 0.95), (16.5, 0.5), (18, 0.0)]
    elif kind == "gymnase":
        is_open = ~civil.is_public_holiday
        knots = [(8, 0.0), (9, 0.4), (16, 0.4), (18, 0.8), (21, 0.7), (22, 0.0)]
    elif kind == "mediatheque":
        is_open = np.isin(civil.weekday, (1, 2, 4, 5)) & ~civil.is_public_holiday
        knots = [(9.5, 0.0), (10, 0.3), (15, 0.8), (18, 0.4), (18.5, 0.0)]
    elif kind == "creche":
        is_open, knots = civil.is_working, [(7.0, 0.0), (8.5, 0.9), (16.5, 0.9), (18.5, 0.0)]
    elif kind == "salle":
        is_open = np.isin(civil.weekday, (4, 5, 6))
        knots = [(13, 0.0), (15, 0.4), (20, 0.9), (23, 0.6), (23.8, 0.0)]
    else:
        is_open, knots = civil.is_working, [(7.5, 0.0), (9, 0.9), (12.5, 0.5), (14, 0.9), (17, 0.5), (19, 0.0)]
    inside = is_between(hour, knots[0][0], knots[-1][0])
    return np.where(is_open & inside, follow(hour, knots), 0.0)


def describe(setting: Setting, plan: BuildingPlan) -> tuple[list[Asset], list[Device], Mapping[str, int]]:
    """List each building's assets and devices, and the row of each asset."""
    assets: list[Asset] = []
    devices: list[Device] = []
    rows: dict[str, int] = {}
    for index, kind in enumerate(plan.kinds.tolist()):
        slug, name, *_ = KINDS[kind]
        suffix = f"{index // len(KINDS) + 1}" if plan.kinds.size > len(KINDS) else ""
        parts = list_parts(plan, index)
        own_assets, own_devices = furnish(setting, (f"{slug}{suffix}", f"{name} {suffix}".strip()), index, parts)
        own_assets[0] = inventory_of(own_assets[0], plan, index)
        rows |= {asset.slug: index for asset in own_assets}
        assets += own_assets
        devices += own_devices
    return assets, devices, rows


def inventory_of(asset: Asset, plan: BuildingPlan, index: int) -> Asset:
    """Add to a building what the town knows of it: floor area and heat source."""
    heat = "gas" if plan.has_boiler[index] else "heat_network"
    inventory = {
        "floor_area_m2": round(float(plan.area[index])),
        "heating_energy": heat,
        "use": KINDS[plan.kinds[index]][0],
    }
    return Asset(asset.slug, asset.name, asset.type, asset.longitude, asset.latitude, None, inventory)


def list_parts(plan: BuildingPlan, index: int) -> list[tuple[str, str, str, str]]:
    """List a building's equipment: slug prefix, French name, asset type, device family."""
    parts = [
        ("cta", "Centrale de traitement d'air", "air_handling_unit", "air_unit"),
        ("zone", "Zone principale", "building_zone", "zone"),
        ("elec", "Compteur électrique", "electricity_meter", "electricity_meter"),
        ("eau", "Compteur d'eau", "water_meter", "water_meter"),
    ]
    if plan.has_boiler[index]:
        parts.append(("chaudiere", "Chaudière", "boiler", "boiler"))
        parts.append(("gaz", "Compteur de gaz", "gas_meter", "gas_meter"))
    else:
        parts.append(("chaleur", "Compteur de chaleur", "heat_meter", "heat_meter"))
    if plan.has_lift[index]:
        parts.append(("ascenseur", "Ascenseur", "lift", "lift"))
    return parts


def furnish(
    setting: Setting, building: tuple[str, str], index: int, parts: list[tuple[str, str, str, str]]
) -> tuple[list[Asset], list[Device]]:
    """Give one building's assets (itself first) and the devices in it."""
    slug, name = building
    longitude, latitude = setting.point("building", index, 0.9)
    assets = [Asset(slug, name, "building", longitude, latitude)]
    devices = []
    for prefix, title, asset_type, family in parts:
        part = f"{prefix}-{slug}"
        assets.append(Asset(part, f"{title}, {name}", asset_type, longitude, latitude, slug))
        gateway = f"gw-batiment-{index + 1}"
        interval_s = 1800 if prefix == "ascenseur" else 900
        devices.append(Device(part, f"{title}, {name}", family, prefix, gateway, interval_s, {"*": part}))
    return assets, devices
