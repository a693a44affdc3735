"""Examples for the OpenAPI document: one for each body and each parameter, made of its schema.

What a field is called says what stands in it (`SPOKEN`), unless the field names an example itself; so the examples tell
of one lamp that failed, and follow the schema when it changes. Bodies of requests are written out in `BODIES`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from api.request_examples import BODIES

Schema = Mapping[str, Any]
DEEPEST = 5  # lists within are left empty: some hold their like
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
# Fields that stay null: nothing has ended, nothing is left over.
NULL = frozenset(
    {"next", "withheld", "ended_at", "closed_at", "closed_by", "replaces_id", "replaced_value", "resolved_at", "error",
     "parent_id", "expires_at", "resolution", "restated_by", "ended", "payload_base64", "near", "polygon", "failed_at"}
)  # fmt: skip
SPOKEN: Mapping[str, tuple[Any, ...]] = {
    "territory": ("val-de-tille",), "territory_name": ("Val de Tille",), "parent": ("covati",),
    "slug": ("lamp-1204",), "asset": ("lamp-1204",), "asset_name": ("Lampadaire 1204",), "name": ("Lampadaire 1204",),
    "type": ("street_light",), "asset_type": ("street_light",), "type_name_fr": ("Luminaire",),
    "type_name_en": ("Street light",), "name_fr": ("Puissance active",), "name_en": ("Active power",),
    "quantity": ("active_power",), "quantity_name_fr": ("Puissance active",), "quantity_name_en": ("Active power",),
    "unit": ("W",), "longitude": (5.1036,), "latitude": (47.5254,), "device": ("lamp-1204",),
    "external_id": ("lamp-1204",), "gateway": ("gateway-3",), "presence_through": ("gateway-3",),
    "channel": ("",), "model": ("silent_lamp", "luminaire"),
    "sentence_fr": ("Ce luminaire est resté éteint deux nuits.",),
    "sentence_en": ("This lamp stayed dark for two nights.",), "title": ("Lampadaire éteint",), "kpi": ("energy",),
    "reason_fr": ("Éteint deux nuits de suite.",), "reason_en": ("Dark for two nights in a row.",),
    "method": ("sum of increases",), "method_version": ("1",), "model_version": ("1",), "inputs_hash": (HASH,),
    "sha256": (HASH,), "technician": ("équipe nord",), "who": ("équipe nord",), "opened_by": ("équipe nord",),
    "given_by": ("key 3 (page)",), "created_by": ("key 3 (page)",), "note": ("vu lors de la tournée",),
    "cause": ("lamp",), "topic": ("vigie/val-de-tille/lamp-1204/up",), "format": ("native",),
    "evidence": ({"nights": 2},), "attributes": ({"zone": "centre"},),
    "detail": ("lamp-1204", {"state": "open"}), "status": ("stored",),
    "day": ("2026-03-01",), "bbox": ("5.0,47.4,5.2,47.6",), "domain": ("lighting",),
    "path": ("/v1/calendars/cal_" + "x" * 43 + ".ics",), "file": ("/v1/exports/1/file", "kpis.csv"),
    "crs": ("EPSG:2154",),
    "value": (41.5, "41.5"), "low": (40.9,), "high": (42.1,), "baseline": (57.2,), "completeness": (0.98,),
    "score": (4.2,), "severity": ("warning",), "verdict": ("confirmed",), "state": ("open", "active"),
    "time_zone": ("Europe/Paris",), "months": (["2026-03"],), "token": ("cal_" + "x" * 43, "ack_" + "x" * 43),
    "waste_stream": ("glass",), "zone": ("centre",), "tag": (["zone:centre"],), "cursor": ("WzEwMDBd",),
    "Last-Event-ID": ("1204-88-17",), "idempotency-key": ("7f1c2a",), "if-match": ('"3"',),
    "column": (["slug=numero"],),
    "set": (["type=street_light"],), "factor": ("gas_heating_value", 1.2), "topic_filter": ("vigie/#",),
}  # fmt: skip
BY_FORMAT = {
    "date-time": "2026-03-01T06:00:00Z",
    "date": "2026-03-01",
    "binary": "",
    "uuid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "number": (int, float), "integer": int, "array": list, "object": dict, "boolean": bool,
}  # fmt: skip


def add_examples(document: dict[str, Any]) -> None:
    """Give each parameter and each body of JSON an example, where it has none."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                parameter.setdefault("example", make(parameter["schema"], schemas, parameter["name"]))
            bodies = operation.get("requestBody", {}).get("content", {})
            add_bodies(bodies, schemas, BODIES.get(f"{method.upper()} {path}"))
            for answer in operation["responses"].values():
                add_bodies(answer.get("content", {}), schemas)


def add_bodies(content_by_type: Mapping[str, dict[str, Any]], schemas: Schema, written: object = None) -> None:
    """Give JSON the example that is written out for it, else one of its schema."""
    for media_type, content in content_by_type.items():
        if "json" in media_type and not {"example", "examples"} & set(content):
            is_written = written is not None and media_type == "application/json"
            content["example"] = written if is_written else make(content.get("schema", {}), schemas)


def make(schema: Schema, schemas: Schema, name: str = "", depth: int = 0) -> Any:  # Any: whatever the schema says
    """Make a value of a schema; `name` is what the field or parameter is called."""
    if "$ref" in schema:
        return make(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    if examples := schema.get("examples"):
        return examples[0]
    for choice in choices_of(schema):
        if name in NULL and choice.get("type") == "null":
            return None
    for choice in choices_of(schema):
        if choice.get("type") != "null":
            return make_plain(choice, schemas, name, depth)
    return None


def choices_of(schema: Schema) -> Iterator[Schema]:
    """Give the alternatives of a schema; most have one."""
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            for choice in schema[key]:
                yield from choices_of(choice)
            return
    yield schema


def make_plain(schema: Schema, schemas: Schema, name: str, depth: int) -> Any:  # Any: the same
    """Make a value of a schema without alternatives."""
    if "$ref" in schema or "examples" in schema:
        return make(schema, schemas, name, depth)
    for fixed in ("const", "default"):
        if schema.get(fixed) is not None:
            return schema[fixed]
    spoken = [value for value in SPOKEN.get(name, ()) if fits(value, schema)]
    if spoken:
        return spoken[0]
    if "enum" in schema:
        return schema["enum"][0]
    return make_by_type(schema, schemas, name, depth)


def make_by_type(schema: Schema, schemas: Schema, name: str, depth: int) -> Any:  # Any: the same
    """Make a value of which only the type is known."""
    match schema.get("type"):
        case "object" | None:
            fields = schema.get("properties", {}).items()
            return {field: make(inner, schemas, field, depth + 1) for field, inner in fields}
        case "array" if depth < DEEPEST:
            return [make(schema.get("items", {}), schemas, name, depth + 1)]
        case "boolean":
            return False
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "string":
            return BY_FORMAT.get(schema.get("format", ""), "text")
    return []


def fits(value: Any, schema: Schema) -> bool:  # Any: the same
    """Whether a value is of the type, of the form and among the choices of a schema."""
    kind = TYPES.get(schema.get("type", ""), object)
    is_formed = not isinstance(value, str) or re.search(schema.get("pattern", ""), value) is not None
    return isinstance(value, kind) and is_formed and value in schema.get("enum", [value])
