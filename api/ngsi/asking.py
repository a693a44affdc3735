"""What a question for entities asks: out of the parameters of an address, or a Query that was posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from api.ngsi.condition import Condition, read_condition
from api.ngsi.context import Context
from api.ngsi.drafts import read_urn
from api.ngsi.media import Form, read_count, read_flag, read_names
from api.ngsi.place import Place, read_place
from api.ngsi.refusal import bad, unsupported
from api.ngsi.rendering import Representation, Style
from api.ngsi.selection import Groups, read_types
from store.ngsi.reading import Choice

LIMIT, MOST, FURTHEST, LONGEST_PATTERN = 100, 1_000, 1_000_000, 500
SHOWN = frozenset({"options", "format", "pick", "omit", "lang", "datasetId", "geometryProperty", "local"})
ONE = SHOWN | {"attrs", "type"}
MANY = ONE | {
    *("id", "idPattern", "q", "georel", "geometry", "coordinates", "geoproperty", "scopeQ"),
    *("limit", "offset", "count", "csf"),
}
JOINS = frozenset({"join", "joinLevel", "containedBy", "entityMap", "splitEntities", "orderBy", "collation"})
REPRESENTATIONS: Mapping[str, Representation] = {
    "normalized": "normalized",
    "concise": "concise",
    "keyValues": "simplified",
    "simplified": "simplified",
}
OPTIONS = frozenset({*REPRESENTATIONS, "sysAttrs", "temporalValues", "aggregatedValues"})
TEXTS, LISTS = ("q", "scopeQ", "lang"), ("attrs", "pick", "omit", "datasetId")  # members of a posted Query
CORE_MEMBERS = frozenset({"id", "type", "scope"})


@dataclass(frozen=True, slots=True)
class Query:
    """Which entities are meant, which page of them, and what is written out. Names are whole addresses."""

    choice: Choice
    style: Style
    attributes: frozenset[str] | None = None
    condition: Condition | None = None
    place: Place | None = None
    scope: str | None = None
    limit: int = LIMIT
    offset: int = 0
    count: bool = False
    geometry_property: str = ""
    options: frozenset[str] = field(default_factory=frozenset)

    @property
    def must_look(self) -> bool:
        """Say whether entities have to be looked at to know whether they are meant."""
        return not (self.attributes is None and self.condition is None and self.place is None and self.scope is None)

    def is_filled(self, n_found: int) -> bool:
        """Say whether so many are enough: the page and one more, unless all are to be counted."""
        return not self.count and n_found > self.offset + self.limit


def read_query(parameters: Mapping[str, str], form: Form, *, temporal: bool = False) -> Query:
    """Read the parameters of an address. Raises ProblemError."""
    context = form.context
    attributes = read_attributes(read_names(parameters.get("attrs")), context)
    georel = parameters.get("georel")
    place = None
    if georel is not None:
        name = parameters.get("geoproperty", "location")
        place = read_place(georel, parameters.get("geometry"), parameters.get("coordinates"), name, context)
    elif not {"geometry", "coordinates"}.isdisjoint(parameters):
        raise bad("geometry and coordinates go with georel")
    groups = read_types(parameters["type"], context) if "type" in parameters else None
    choice = read_choice(groups, read_names(parameters.get("id")), parameters.get("idPattern"), temporal=temporal)
    query = Query(
        choice=choice,
        style=read_style(parameters, form, attributes),
        attributes=attributes,
        condition=read_condition(parameters["q"], context) if "q" in parameters else None,
        place=place,
        scope=parameters.get("scopeQ"),
        limit=read_count(parameters, "limit", LIMIT, 0, MOST),
        offset=read_count(parameters, "offset", 0, 0, FURTHEST),
        count=read_flag(parameters, "count"),
        geometry_property=context.expand(parameters.get("geometryProperty", "location")),
        options=read_options(parameters),
    )
    if not ({"type", "attrs", "q", "georel"} & parameters.keys() or read_flag(parameters, "local")):
        raise bad("say which entities: type, attrs, q or georel (or local=true for all)")
    return require_page(query)


def require_page(query: Query) -> Query:
    """Refuse a page without entities, unless they are counted. Raises ProblemError."""
    if query.limit == 0 and not query.count:
        raise bad("limit=0 goes with count=true only")
    return query


def read_choice(groups: Groups | None, ids: list[str] | None, pattern: str | None, *, temporal: bool) -> Choice:
    """Read which entities are meant by type and id. Raises ProblemError."""
    for urn in ids or ():
        read_urn(urn)
    if pattern is not None and len(pattern) > LONGEST_PATTERN:
        raise bad(f"idPattern has at most {LONGEST_PATTERN} characters")
    return Choice(groups, ids, pattern, temporal)


def read_attributes(names: list[str] | None, context: Context) -> frozenset[str] | None:
    """Give whole addresses of attributes. Raises ProblemError."""
    if names is None:
        return None
    if not names:
        raise bad("attrs is a list of names with commas between")
    return frozenset(context.expand(name) for name in names)


def read_options(parameters: Mapping[str, str]) -> frozenset[str]:
    """Read the words that say how answers are written. Raises ProblemError."""
    words = {*(read_names(parameters.get("options")) or ()), *(read_names(parameters.get("format")) or ())}
    if unknown := sorted(words - OPTIONS):
        raise bad(f"options: {unknown[0][:40]!r} is none of {', '.join(sorted(OPTIONS))}")
    if len({REPRESENTATIONS[word] for word in words if word in REPRESENTATIONS}) > 1:
        raise bad("options: choose one of normalized, concise, keyValues")
    return frozenset(words)


def read_style(parameters: Mapping[str, str], form: Form, attributes: frozenset[str] | None) -> Style:
    """Read how entities are written out. Raises ProblemError."""
    words = read_options(parameters)
    picked, omitted = read_names(parameters.get("pick")), read_names(parameters.get("omit"))
    if picked is not None and attributes is not None:
        raise bad("pick and attrs say the same: give one of them")
    datasets = read_names(parameters.get("datasetId"))
    return Style(
        context=form.context,
        representation=next((REPRESENTATIONS[word] for word in words if word in REPRESENTATIONS), "normalized"),
        with_system="sysAttrs" in words,
        attributes=attributes,
        pick=None if picked is None else read_members(picked, form.context),
        omit=read_members(omitted or [], form.context),
        datasets=None if datasets is None else frozenset(datasets),
        language=parameters.get("lang"),
    )


def read_members(names: list[str], context: Context) -> frozenset[str]:
    """Give whole addresses of attributes, and id, type and scope as they are. Raises ProblemError."""
    return frozenset(name if name in CORE_MEMBERS else context.expand(name) for name in names)


def refuse_joins(parameters: Mapping[str, str]) -> None:
    """Refuse what the standard knows of linked entities and other brokers. Raises ProblemError."""
    if found := sorted(JOINS & parameters.keys()):
        raise unsupported(f"{found[0]} is not done here: ask for each entity by its id")


def as_parameters(document: Any, more: Mapping[str, str]) -> dict[str, str]:
    """Give a posted Query as the parameters of an address that would ask the same. Raises ProblemError."""
    if not isinstance(document, dict) or document.get("type") != "Query":
        raise bad("a question is a JSON object with the type Query")
    found = dict(more)
    found |= {name: text_of(document[name], name) for name in TEXTS if name in document}
    found |= {name: ",".join(texts_of(document[name], name)) for name in LISTS if name in document}
    if "geoQ" in document:
        found |= geo_parameters(document["geoQ"])
    if "entities" in document:
        found |= entity_parameters(document["entities"])
    if found_joins := sorted(JOINS & document.keys()):
        raise unsupported(f"{found_joins[0]} is not done here: ask for each entity by its id")
    return found


def geo_parameters(written: Any) -> dict[str, str]:
    """Read the geographic part of a Query. Raises ProblemError."""
    if not isinstance(written, dict):
        raise bad("geoQ is an object with georel, geometry and coordinates")
    found = {name: text_of(written[name], name) for name in ("georel", "geometry", "geoproperty") if name in written}
    coordinates = written.get("coordinates")
    text = coordinates if isinstance(coordinates, str) else msgspec.json.encode(coordinates).decode()
    return {**found, "coordinates": text}


def entity_parameters(written: Any) -> dict[str, str]:
    """Read which entities a Query means; of several selectors each has an id, or none has. Raises ProblemError."""
    if not isinstance(written, list) or not written or not all(isinstance(one, dict) for one in written):
        raise bad("entities is a list of objects with type, id or idPattern")
    found: dict[str, str] = {}
    if all("type" in one for one in written):
        found["type"] = "|".join(f"({text_of(one['type'], 'type')})" for one in written)
    elif any("type" in one for one in written):
        raise unsupported("entities: give a type with each of them, or with none")
    ids = [one["id"] for one in written if "id" in one]
    if ids and len(ids) < len(written):
        raise unsupported("entities: give an id with each of them, or with none")
    if ids:
        found["id"] = ",".join(name for one in ids for name in texts_of(one if isinstance(one, list) else [one], "id"))
    patterns = [text_of(one["idPattern"], "idPattern") for one in written if "idPattern" in one]
    if patterns and len(written) > 1:
        raise unsupported("entities: idPattern goes with one selector only")
    return found | ({"idPattern": patterns[0]} if patterns else {})


def text_of(value: Any, name: str) -> str:
    """Pass on a text that can be looked for. Raises ProblemError."""
    if not isinstance(value, str) or "\x00" in value:
        raise bad(f"{name} is a text")
    return value


def texts_of(value: Any, name: str) -> list[str]:
    """Pass on a list of texts. Raises ProblemError."""
    if not isinstance(value, list) or not value:
        raise bad(f"{name} is a list of texts")
    return [text_of(one, name) for one in value]
