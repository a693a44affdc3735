"""NGSI-LD: queries, conditions and their answer for an entity, places, contexts, entities as written, media types."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from api.errors import ProblemError
from api.ngsi.aggregate import aggregate
from api.ngsi.asking import MANY, as_parameters, read_query, refuse_joins
from api.ngsi.condition import Condition, read_condition, terms
from api.ngsi.context import ABSOLUTE, CORE_ONLY, Context, resolved
from api.ngsi.drafts import Draft, read_attribute, read_entity
from api.ngsi.entity import Entity
from api.ngsi.instant import read_duration, read_instant
from api.ngsi.match import PATTERN_SIGNS, holds, values_of
from api.ngsi.media import Form, accepted, decode, find_link, read_names, read_parameters
from api.ngsi.merging import append
from api.ngsi.past_editing import split_instance
from api.ngsi.rendering import Style, write_entity
from api.ngsi.selection import has_scope, read_types
from api.ngsi.temporal import TEMPORAL, posted_parameters, read_past
from api.ngsi.vocabulary import CORE_CONTEXT
from bench.fuzz.inputs.target import BETWEEN, Target, cut, require, text_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
FORM = Form("application/json", CORE_ONLY, False)
ENTITY = {
    "id": "urn:ngsi-ld:Building:hall",
    "type": ["Building", "Shop"],
    "scope": "/bourgogne/dijon",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [5.04, 47.32]}},
    "t": {
        "type": "Property",
        "value": 21.5,
        "unitCode": "CEL",
        "observedAt": "2026-03-01T00:00:00Z",
        "q": {"value": "ok"},
    },
    "tags": {"type": "Property", "value": ["a", {"b": [1, None]}, True]},
    "at": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-03-01T00:00:00Z"}},
    "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Person:1", "datasetId": "urn:x:1"},
    "name": {"type": "LanguageProperty", "languageMap": {"fr": "salle", "en": ["hall"]}},
    "kind": {"type": "VocabProperty", "vocab": "public"},
    "list": {"type": "ListProperty", "valueList": [1, 2]},
}
CONDITIONS = (
    b't>20;tags=="a",1,true|(name[fr]~="sal.*";!owner)',
    b'at>=2026-03-01T00:00:00Z;t==10..30;t.q!="bad";tags[b]==null',
    b'name[*]!~="x";owner=="urn:ngsi-ld:Person:1";modifiedAt<2026-03-01T00:00:00.5+01:00',
    b'"urn:x"',
    b"https://uri.etsi.org/ngsi-ld/default-context/t>1e3;kind==12:00:00Z",
)
PARAMETERS = (
    b"type=(Building;Shop),Lamp\nq=t>20\nattrs=t,name\noptions=keyValues,sysAttrs\nlimit=5\noffset=2\ncount=true",
    b"georel=near;maxDistance==500\ngeometry=Point\ncoordinates=[5.04,47.32]\ngeoproperty=location\nscopeQ=/bourgogne/#",
    b"georel=within\ngeometry=Polygon\ncoordinates=[[[5,47],[6,47],[6,48],[5,47]]]\npick=id,t\nlang=fr",
    b"type=*\nidPattern=.*hall\ntimerel=between\ntimeAt=2026-03-01T00:00:00Z\nendTimeAt=2026-03-02T00:00:00Z\nlastN=3",
    b"local=true\ntimerel=before\ntimeAt=2026-03-01T00:00:00Z\noptions=aggregatedValues\naggrMethods=avg,min\n"
    b"aggrPeriodDuration=P1M",
)
WORDS = (*(f"{name}=".encode() for name in sorted(MANY | TEMPORAL)), b"!~=", b"..", b"near;minDistance==")


def entity_of(draft: Draft) -> Entity:
    """Give the entity that a draft makes."""
    return Entity(draft.urn or "urn:x:y", draft.types, draft.attributes, AT, None, draft.scopes or [])


HALL = entity_of(read_entity(ENTITY, CORE_ONLY))


def matches(condition: Condition, entity: Entity) -> bool:
    """Say whether a condition holds, where every pattern fits every text: the database is not asked."""
    matched: dict[str, frozenset[str]] = {}
    for term in terms(condition):
        if term.sign in PATTERN_SIGNS:
            matched[str(term.values[0])] = frozenset(text for text in values_of(entity, term) if isinstance(text, str))
    return holds(condition, entity, matched)


def read_q(data: bytes) -> None:
    """Read a condition and look at an entity by it."""
    with suppress(ProblemError):
        condition = read_condition(text_of(data), CORE_ONLY)
        require(len(list(terms(condition))) > 0, "a condition compares something")
        matches(condition, HALL)


def pairs_of(data: bytes) -> list[tuple[str, str]]:
    """Give the parameters of an address, one a line."""
    return [(name, value) for name, _, value in (line.partition("=") for line in text_of(data).split("\n"))]


def request_of(headers: list[tuple[bytes, bytes]], query: bytes = b"") -> Request:
    """Give a request with these headers, as the server hands it on."""
    return Request({"type": "http", "method": "GET", "headers": headers, "query_string": query, "path": "/"})


def look(parameters: dict[str, str]) -> None:
    """Read parameters and look at an entity by all of them. Raises ProblemError."""
    refuse_joins(parameters)
    query = read_query(parameters, FORM, temporal="timerel" in parameters)
    if query.condition is not None:
        matches(query.condition, HALL)
    if query.place is not None:
        query.place.holds(HALL)
    if query.scope is not None:
        has_scope(HALL.scopes, query.scope)
    msgspec.json.encode(write_entity(HALL, query.style))
    past = read_past(parameters, query.options, is_needed=False)
    aggregate([(AT, 1.0), (AT + timedelta(hours=30), 2.0)], past.methods, past.duration)


def read_q_all(data: bytes) -> None:
    """Read the parameters of an address."""
    with suppress(ProblemError):
        look(read_parameters(request_of([], urlencode(pairs_of(data)).encode()), MANY | TEMPORAL))


def read_posted(data: bytes) -> None:
    """Read a posted Query."""
    with suppress(ProblemError):
        document = decode(data)
        more = posted_parameters(document) if isinstance(document, dict) else {}
        look(as_parameters(document, more))


def read_written(data: bytes) -> None:
    """Read an entity whole and in part; what was read is written, and read as the same once more."""
    with suppress(ProblemError):
        document = decode(data)
        with suppress(ProblemError):
            entity = entity_of(read_entity(document, CORE_ONLY))
            written = msgspec.json.encode(write_entity(entity, Style(CORE_ONLY)))
            again = entity_of(read_entity(decode(written), CORE_ONLY))
            require(
                (again.types, again.attributes) == (entity.types, entity.attributes), "an entity survives its writing"
            )
        part = read_entity(document, CORE_ONLY, is_whole=False, may_null=True, is_past=True)
        append(HALL.attributes, part, overwrite=True)
        read_attribute("t", document, CORE_ONLY, may_null=True)


def read_context(data: bytes) -> None:
    """Read the terms of a context: a name is expanded and shortened again to itself or to an equal one."""
    document, name = cut(data, 2)
    with suppress(ProblemError):
        piece: Any = decode(document)
        if isinstance(piece, dict):
            context = Context(CORE_CONTEXT, dict(resolved(piece, {})))
            iri = context.expand(text_of(name))
            if ABSOLUTE.fullmatch(iri):
                require(context.expand(context.compact(iri)) == iri, "a short name means the same again")


def read_headers(data: bytes) -> None:
    """Read the headers Accept and Link."""
    accept, link = cut(data, 2)
    with suppress(ProblemError):
        chosen = accepted(accept.decode("latin-1"), geo=True)
        require(chosen in {"application/json", "application/ld+json", "application/geo+json"}, "a form that there is")
    with suppress(ProblemError):
        find_link(request_of([(b"link", line) for line in link.split(b"\n")]))


def read_small(data: bytes) -> None:
    """Read instants, durations, types, scopes, lists of names and paths of instances."""
    text = text_of(data)
    with suppress(ProblemError):
        read_instant(text, "timeAt")
    with suppress(ProblemError):
        require(read_duration(text, "aggrPeriodDuration").span >= timedelta(), "a duration is not negative")
    with suppress(ProblemError):
        groups = read_types(text, CORE_ONLY)
        require(groups is None or all(groups), "each group names a type")
    has_scope(["/bourgogne/dijon"], text)
    read_names(text)
    with suppress(ProblemError):
        split_instance(text)


TARGETS = (
    Target("ngsi.q", read_q, CONDITIONS, (b"==", b"!=", b">=", b"!~=", b"~=", b"..", b"[", b"null"), weight=2.0),
    Target("ngsi.query", read_q_all, PARAMETERS, WORDS, weight=2.0),
    Target(
        "ngsi.posted",
        read_posted,
        [
            b'{"type":"Query","q":"t>1","entities":[{"type":"A","id":"urn:a:b"}],"geoQ":{"georel":"within","geometry":"Point"'
            b',"coordinates":[1,2]},"temporalQ":{"timerel":"after","timeAt":"2026-03-01T00:00:00Z","lastN":3},"attrs":["t"]}'
        ],
        WORDS,
    ),
    Target("ngsi.entity", read_written, [msgspec.json.encode(ENTITY)], weight=2.0),
    Target(
        "ngsi.context",
        read_context,
        [b'{"a":"https://x.org/a","x":"https://x.org/","b":{"@id":"x:b"},"c":"a"}' + BETWEEN + b"x:b"],
    ),
    Target(
        "ngsi.headers",
        read_headers,
        [
            b"application/ld+json;q=0.5, */*;q=0.1" + BETWEEN + b"<https://x.org/c.jsonld>; "
            b'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        ],
        (b"application/geo+json", b";q=nan", b"; rel="),
    ),
    Target(
        "ngsi.small",
        read_small,
        [b"2026-03-01T00:00:00.123Z", b"P1Y2M", b"P1DT2.5H", b"(A;B),C|D", b"/a/+/#", b"t/urn:x"],
    ),
)
