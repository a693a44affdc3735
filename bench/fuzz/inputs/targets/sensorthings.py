"""SensorThings: query options as far as their SQL, paths, bodies, patches, batches, geometry."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

import msgspec
from psycopg import sql

from api.errors import ProblemError
from api.sensorthings.arrays import read_arrays
from api.sensorthings.batch import Made, read_batch, resolve_body, resolve_path
from api.sensorthings.drafts import draft, read_json, read_object
from api.sensorthings.geometry import ShapeError, distance, is_related, length, read_geojson, read_text, relate
from api.sensorthings.links import read_token, write_options
from api.sensorthings.options import Options, read_options
from api.sensorthings.patching import apply_patch
from api.sensorthings.resource import read_path
from api.sensorthings.shapes import Task, answer, owner_of, read_task
from bench.fuzz.inputs.target import BETWEEN, MARK, Target, cut, require, text_of
from store.sensorthings.compiler import Compiler, Measured
from store.sensorthings.errors import QuestionError, UnsupportedError
from store.sensorthings.expression import Call, Expression, walk, write
from store.sensorthings.function import GEOMETRIC
from store.sensorthings.model import SETS, EntitySet
from store.sensorthings.question import Question, page_statement
from store.sensorthings.value import Parameters

ROOT = "https://vigie.example/sensorthings/v1.1"
POINT = {"type": "Point", "coordinates": [5.04, 47.32]}
FILTERS = (
    "result gt 5 and not (Datastream/id eq 3)",
    f"name eq 'a''{MARK}' or substringof('{MARK}', description) and startswith(tolower(name),'x')",
    f"properties/{MARK}/b ge 4.5e3 and properties/{MARK} ne null",
    "phenomenonTime lt 2026-03-01T00:00:00Z sub duration'P1DT2H' and year(resultTime) eq 2026",
    "during(phenomenonTime, 2026-03-01T00:00:00Z/2026-04-01T00:00:00Z) and result add 2 mul -3 mod 4 le 1",
    "st_within(location, geography'POLYGON((5 47, 6 47, 6 48, 5 47))')",
    "geo.distance(Locations/location, geography'POINT(5 47)') lt 0.5 and geo.length(location) gt 1",
    "Thing/Locations/name eq 'a' and length(concat(name, 'é')) eq round(3.5) and date(time) lt now()",
)
QUERIES = (
    "$orderby=phenomenonTime desc,name asc\n$top=5\n$skip=2\n$count=true\n$select=name,id",
    "$expand=Datastreams($filter=name eq 'a';$expand=Observations($top=1;$orderby=id desc)),"
    "Locations/HistoricalLocations",
    "$resultFormat=dataArray\n$skiptoken=WzAsMSxudWxsLGZhbHNlXQ",
    "$select=name,properties\n$filter=id eq 4294967301",
)
NAMES = tuple(SETS)
WORDS = tuple(
    {name.encode() for one in SETS.values() for name in (*one.properties, *one.relations, one.name)}
    | {f"{name}(".encode() for name in GEOMETRIC}
    | {MARK.encode(), b"$filter=", b"$orderby=", b"$select=", b"$expand=", b" and ", b" or ", b" not ", b"geography'"}
)
PATCH = (
    b'[{"op":"add","path":"/properties/a~1b","value":{"c":[1,2]}},{"op":"move","from":"/name","path":"/properties/n"},'
)
PATCH += b'{"op":"copy","from":"/properties","path":"/properties/x"},{"op":"test","path":"/tags/0","value":1},'
PATCH += b'{"op":"replace","path":"/tags/-","value":2},{"op":"remove","path":""}]'
DOCUMENT = {"name": "Hall", "properties": {"floor": 1}, "tags": [1, [2]]}


def answers(where: Expression, entity_set: EntitySet) -> dict[Call, Measured]:
    """Give what the geometric functions of a filter say of one point, without asking the store."""
    calls = [node for node in walk(where) if isinstance(node, Call) and node.name in GEOMETRIC]
    found = {}
    for call in calls:
        task: Task = read_task(call)
        owner_of(call, entity_set)
        found[call] = answer(task, [(1, POINT)])
    return found


def compile_options(options: Options, entity_set: EntitySet) -> None:
    """Make the SQL of a question: what a person wrote is in its parameters, never in its text."""
    where = options.where
    measured = answers(where, entity_set) if where is not None else {}
    properties = tuple(name for name in entity_set.properties if options.select is None or name in options.select)
    question = Question(
        entity_set, properties, None, where, options.orders, 10, options.skip, read_token(options.skip_token), measured
    )
    statement = page_statement(Compiler(Parameters(), measured), question, None)
    require(statement is not None, "a set without a place always has a statement")
    text = sql.SQL("{}").format(statement).as_string(None)
    require(MARK not in text, "no text of a person is in the SQL")
    for name, nested in options.expand.items():
        compile_options(replace(nested, skip_token=None), SETS[entity_set.relations[name].target])


def ask(data: bytes) -> None:
    """Read the options of a set: what is taken is written so that it is read as the same, and is compiled."""
    entity_set = SETS[NAMES[data[0] % len(NAMES)]] if data else SETS["Things"]
    pairs = [(name, value) for name, _, value in (line.partition("=") for line in text_of(data[1:]).split("\n"))]
    try:
        options = read_options(pairs, entity_set)
    except ProblemError:
        return
    again = read_options(write_options(options), entity_set)
    require(again == replace(options, skip=0, skip_token=None), "options are written as they were read")
    if options.where is not None:
        require(write(again.where or options.where) == write(options.where), "a filter is written as it was read")
    with suppress(ProblemError, QuestionError, UnsupportedError):
        compile_options(options, entity_set)


def patch(data: bytes) -> None:
    """Apply a JSON Patch: all or nothing, and what comes out is JSON; the document itself stays."""
    with suppress(ProblemError):
        steps = read_json(data)
        before = msgspec.json.encode(DOCUMENT)
        try:
            msgspec.json.encode(apply_patch(DOCUMENT, steps if isinstance(steps, list) else [steps]))
        finally:
            require(msgspec.json.encode(DOCUMENT) == before, "a patch leaves what it was given")


def write_one(entity_set: EntitySet, data: bytes) -> None:
    """Read an entity whole, in part and as an array."""
    with suppress(ProblemError):
        body = read_object(data)
        with suppress(ProblemError):
            draft(entity_set, body)
        draft(entity_set, body, is_whole=False, is_new=False)


def read_rows(data: bytes) -> None:
    """Read observations as arrays."""
    with suppress(ProblemError):
        body = read_json(data)
        require(all(read_arrays(body)), "every row is a draft or says why it is none")


def read_many(data: bytes) -> None:
    """Read a batch, and put made ids into its paths and bodies."""
    with suppress(ProblemError):
        for part in read_batch(data, ROOT):
            for one in part:
                made = {name: Made(7, "Things(7)") for name in one.needs}
                read_path(resolve_path(one.path, made))
                resolve_body(one.body, made)


def read_address(data: bytes) -> None:
    """Read a path behind the root, and the token of a page."""
    path, token = cut(data, 2)
    with suppress(ProblemError):
        resource = read_path(text_of(path))
        require(bool(resource.steps), "a resource has at least one step")
    with suppress(ProblemError):
        read_token(text_of(token))


def relate_shapes(data: bytes) -> None:
    """Read a shape from text and one from GeoJSON, and say how they lie."""
    text, document = cut(data, 2)
    other = None
    with suppress(ProblemError):
        other = read_geojson(read_json(document)) if document else read_geojson(POINT)
    try:
        shape = read_text(text_of(text))
    except ShapeError:
        return
    require(length(shape) >= 0, "a length is not negative")
    if other is not None and len([*shape.edges]) * len([*other.edges]) < 2_000:
        distance(shape, other)
        require(len(relate(shape, other)) == 9, "a relation is a matrix of nine")
        is_related("within", shape, other)


def seeds_of_sets() -> list[bytes]:
    """Give each filter and query for a set of which it makes sense."""
    filters = [bytes([index % len(NAMES)]) + f"$filter={one}".encode() for one in FILTERS for index in range(3)]
    return filters + [bytes([index]) + one.encode() for index, one in enumerate(QUERIES)]


TARGETS = (
    Target("sensorthings.options", ask, seeds_of_sets(), WORDS, weight=6.0),
    Target("sensorthings.patch", patch, [PATCH, b'{"op":"add","path":"/x","value":1}']),
    Target(
        "sensorthings.thing",
        partial(write_one, SETS["Things"]),
        [
            b'{"name":"a","description":"b","properties":{"x":1},"Locations":[{"@iot.id":1},{"name":"l","description":'
            b'"d","encodingType":"application/geo+json","location":{"type":"Point","coordinates":[5,47]}}]}'
        ],
        WORDS,
    ),
    Target(
        "sensorthings.datastream",
        partial(write_one, SETS["Datastreams"]),
        [
            b'{"name":"a","description":"b","observationType":"c","unitOfMeasurement":{"name":"d","symbol":"e","definition'
            b'":"f"},"phenomenonTime":"2026-03-01T00:00:00Z/2026-04-01T00:00:00Z","Thing":{"@iot.id":1},"Sensor":{"@iot.id"'
            b':"x"},"ObservedProperty":{"name":"n","description":"d","definition":"http://x"}}'
        ],
        WORDS,
    ),
    Target(
        "sensorthings.arrays",
        read_rows,
        [
            b'[{"Datastream":{"@iot.id":1},"components":["result","phenomenonTime","FeatureOfInterest/id"],"dataArray":'
            b'[[1,"2026-03-01T00:00:00Z",3],["x"]]}]'
        ],
    ),
    Target(
        "sensorthings.batch",
        read_many,
        [
            b'{"requests":[{"id":"a","method":"post","url":"Things","body":{"name":"x"}},{"id":"b","atomicityGroup":"g",'
            b'"dependsOn":["a"],"method":"patch","url":"$a/Datastreams","body":{"Thing":{"@iot.id":"$a"}}},{"id":"c",'
            b'"method":"get","url":"/sensorthings/v1.1/Things($a)?$top=1"}]}'
        ],
    ),
    Target(
        "sensorthings.path",
        read_address,
        [
            b"Things(1)/Datastreams(2)/Observations('12-1772323200000000')/result/$value",
            b"Datastreams(4294967296)/unitOfMeasurement/name" + BETWEEN + b"WzAsMSxudWxsLGZhbHNlXQ",
            b"Things/$ref",
        ],
        WORDS,
    ),
    Target(
        "sensorthings.shapes",
        relate_shapes,
        [
            b"POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))" + BETWEEN + b'{"type":"LineString",'
            b'"coordinates":[[0,0],[5,5]]}',
            b"MULTIPOINT((0 0), (1 1))",
            b"MULTIPOLYGON Z (((0 0 1, 4 0 1, 4 4 1, 0 0 1)))"
            + BETWEEN
            + b'{"type":"Feature","geometry":{"type":"Polygon",'
            b'"coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}',
        ],
        (b"LINESTRING", b"1e308", b"-1e-320", b"nan"),
        longest=600,
    ),
)
