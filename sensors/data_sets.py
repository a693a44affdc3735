"""The data sets that territories may publish as open data, with the columns of their tables."""

from collections.abc import Mapping
from types import MappingProxyType

from sensors.publication import Column, DataSet, Table


def _columns(rows: str) -> tuple[Column, ...]:
    """Read columns out of lines `name kind | English | French`."""
    found = []
    for row in rows.strip().splitlines():
        head, about_en, about_fr = (part.strip() for part in row.split("|"))
        name, kind = head.split()
        found.append(Column(name, kind, about_en, about_fr))  # type: ignore[arg-type]  # checked by a test
    return tuple(found)


def _national(rows: str) -> tuple[Column, ...]:
    """Read columns of a national schema out of words `name:kind`."""
    pairs = (word.split(":") for word in rows.split())
    return tuple(Column(name, kind) for name, kind in pairs)  # type: ignore[arg-type]  # the same


_STEPS = """
start instant | begin of the step | début du pas de temps
end instant | end of the step, excluded | fin du pas de temps, exclue
"""
_PLACE = """
longitude number | middle of the place (WGS 84), coarse | centre du lieu (WGS 84), arrondi
latitude number | middle of the place (WGS 84), coarse | centre du lieu (WGS 84), arrondi
"""
_SCOPE = """
scope text | place, or total of the territory | lieu (place), ou total du territoire (total)
place text | identifier of the place; empty for the total | identifiant du lieu ; vide pour le total
name text | name of the place | nom du lieu
"""
_BOUND = (
    "bound text | empty: exact; at_least, at_most: so much or more, or less; hidden: too few to be told of"
    " | vide : exact ; at_least, at_most : au moins, au plus ; hidden : trop peu pour être publié"
)
_OCCUPANCY = f"""{_SCOPE}{_STEPS}
n_bays integer | bays that are known | places dont l’état est connu
occupancy number | mean share of bays that are occupied, 0 to 1 | part moyenne de places occupées, de 0 à 1
{_BOUND}
{_PLACE}"""
_FILL = f"""{_SCOPE}{_STEPS}
n_containers integer | containers that are known | conteneurs dont le niveau est connu
fill number | mean fill level, 0 to 1 | remplissage moyen, de 0 à 1
{_BOUND}
{_PLACE}"""
_ENERGY = f"""
cabinet text | identifier of the cabinet | identifiant de l’armoire
name text | its name | son nom
{_STEPS}
energy_kwh number | energy used [kWh] | énergie consommée [kWh]
completeness number | share of the month that is known, 0 to 1 | part du mois connue, de 0 à 1
{_PLACE}"""
_KPIS = f"""
kpi text | the KPI | l’indicateur
name_en text | its name in English | son nom en anglais
name_fr text | its name in French | son nom en français
{_STEPS}
value number | empty where it is withheld | vide si la valeur n’est pas donnée
unit text | unit (UCUM) | unité (UCUM)
low number | lower end of the interval | borne basse de l’intervalle
high number | upper end of the interval | borne haute de l’intervalle
baseline number | what would have been | situation de référence
completeness number | share of the period that is known, 0 to 1 | part de la période connue, de 0 à 1
method text | method | méthode
method_version text | its version | sa version
withheld text | why there is no value | pourquoi la valeur manque
"""


def _described(rows: str) -> tuple[Column, ...]:
    return _columns("\n".join(line for line in rows.splitlines() if line.strip()))


MOBILITY_SCHEMA = "https://schema.data.gouv.fr/etalab/schema-comptage-mobilites"
PARKING_SCHEMA = "https://schema.data.gouv.fr/etalab/schema-stationnement"
_MEASURE = "channel_id:text counter_id:text start_datetime:instant end_datetime:instant count:number"
_SITE = (
    "site_id:text parent_site_id:text site_name:text fr_insee_code:text xlong:number ylat:number external_ids:text"
    " infrastructure_type:text"
)
_CHANNEL = (
    "channel_id:text channel_provider_id:text site_provider_id:text site_id:text mobility_type:text comment:text"
    " counter_transmission_type:text publication_transmission_type:text counter_type:text direction:text"
    " provider_direction_code:text provider_direction_name:text data_provider_name:text temporality:text"
    " started_at:instant ended_at:instant last_updated_at:instant time_step:number provider_portal_url:text"
)
_CAR_PARKS = (
    "id:text nom:text insee:text adresse:text url:text type_usagers:text gratuit:boolean nb_places:integer"
    " nb_pr:integer nb_pmr:integer nb_voitures_electriques:integer nb_velo:integer nb_2r_el:integer"
    " nb_autopartage:integer nb_2_rm:integer nb_covoit:integer hauteur_max:text num_siret:text Xlong:number"
    " Ylat:number tarif_pmr:text tarif_1h:number tarif_2h:number tarif_3h:number tarif_4h:number tarif_24h:number"
    " abo_resident:number abo_non_resident:number type_ouvrage:text info:text"
)

_DATA_SETS = (
    DataSet(
        "parking_occupancy",
        "Occupancy of parking",
        "Occupation du stationnement",
        "Share of parking bays that are occupied, by car park or street and step of time, never of single bays.",
        "Part des places de stationnement occupées, par parc ou par rue et pas de temps, jamais par place.",
        "TRAN",
        ("stationnement", "parking", "occupation"),
        ("hour", "day"),
        True,
        (Table("occupancy", _described(_OCCUPANCY)),),
    ),
    DataSet(
        "container_fill",
        "Fill level of waste containers",
        "Remplissage des conteneurs de déchets",
        "Mean fill level of waste containers by zone and step of time, never of single containers.",
        "Niveau moyen de remplissage des conteneurs, par zone et pas de temps, jamais par conteneur.",
        "ENVI",
        ("déchets", "collecte", "remplissage"),
        ("hour", "day"),
        True,
        (Table("fill", _described(_FILL)),),
    ),
    DataSet(
        "lighting_energy",
        "Energy of street lighting",
        "Énergie de l’éclairage public",
        "Energy used by street lighting, by cabinet and month.",
        "Énergie consommée par l’éclairage public, par armoire et par mois.",
        "ENER",
        ("éclairage public", "énergie", "consommation"),
        ("month",),
        False,
        (Table("energy", _described(_ENERGY)),),
    ),
    DataSet(
        "kpis",
        "KPIs of the territory",
        "Indicateurs du territoire",
        "The KPIs that the territory shows to all, with interval, completeness and method.",
        "Les indicateurs que le territoire rend publics, avec intervalle, complétude et méthode.",
        "GOVE",
        ("indicateurs", "territoire intelligent"),
        ("month", "day"),
        False,
        (Table("kpis", _described(_KPIS), ("csv", "parquet")),),
    ),
    DataSet(
        "mobility_counts",
        "Counts of cyclists, pedestrians and vehicles",
        "Comptages de cyclistes, piétons et véhicules",
        "Passages by counter and step of time; small counts are left empty.",
        "Passages par compteur et pas de temps ; les petits effectifs sont laissés vides.",
        "TRAN",
        ("comptage", "mobilité", "vélo", "piétons"),
        ("hour", "day"),
        True,
        (
            Table("measure", _national(_MEASURE), ("csv", "parquet"), schema=f"{MOBILITY_SCHEMA}-measure"),
            Table("site", _national(_SITE), ("csv", "geojson"), is_series=False, schema=f"{MOBILITY_SCHEMA}-site"),
            Table("channel", _national(_CHANNEL), ("csv",), is_series=False, schema=f"{MOBILITY_SCHEMA}-channel"),
        ),
    ),
    DataSet(
        "car_parks",
        "Car parks",
        "Parcs de stationnement",
        "Car parks off the street with their places, users and heights.",
        "Parcs de stationnement hors voirie, avec leurs places, usagers et hauteurs.",
        "TRAN",
        ("stationnement", "parking"),
        ("none",),
        False,
        (Table("stationnement", _national(_CAR_PARKS), is_series=False, schema=PARKING_SCHEMA),),
    ),
)

DATA_SETS: Mapping[str, DataSet] = MappingProxyType({one.name: one for one in _DATA_SETS})
