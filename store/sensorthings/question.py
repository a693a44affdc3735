"""Questions to the store: a page of a set, its count, entities by their ids, related ones of many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from psycopg import sql
from psycopg.rows import dict_row

from store.reader import Connection, Row, fetch
from store.sensorthings.compiler import Compiler, Measured, Scope, is_harmless, relation_prefixes
from store.sensorthings.errors import QuestionError
from store.sensorthings.expression import Call, Expression, Path
from store.sensorthings.model import SETS, SOURCES, Branch, EntitySet, Id, Key, Relation, find_key
from store.sensorthings.value import Parameters, as_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SERIES = "series"
PLAIN = "observations_plain"


@dataclass(frozen=True, slots=True)
class Order:
    """By what a page is ordered."""

    by: Expression
    is_falling: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """The rows related to one entity: `relation` is the one of its set that leads to them."""

    entity_set: EntitySet
    relation: Relation
    key: Key
    id: Id


@dataclass(frozen=True, slots=True)
class After:
    """Behind which row a page begins, in the order of keys: its branch, number and instant."""

    rank: int
    number: int | None
    at: datetime | None
    is_falling: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A page of a set. Without `orders` it is ordered by branch and key, which is where `after` takes up."""

    entity_set: EntitySet
    properties: tuple[str, ...] = ()
    near: Near | None = None
    where: Expression | None = None
    orders: tuple[Order, ...] = ()
    limit: int = 100
    skip: int = 0
    after: After | None = None
    measured: Mapping[Call, Measured] = field(default_factory=dict)

    @property
    def of_one_series(self) -> bool:
        """Say whether it asks for measurements of one series in order of time, either way."""
        return (
            self.near is not None
            and self.near.relation.back == "datastream"
            and self.near.key.branch == SERIES
            and len(self.orders) == 1
            and self.orders[0].by in {Path(("phenomenonTime",)), Path(("resultTime",))}
        )

    @property
    def is_placed(self) -> bool:
        """Say whether the rows come in the order in which a relation lists them."""
        return self.near is not None and self.near.relation.place is not None and not self.orders


async def read_page(connection: Connection, question: Question) -> list[Row]:
    """Give the rows of a page, in order. Raises QuestionError, UnsupportedError."""
    parameters = Parameters()
    compiler = Compiler(parameters, question.measured)
    statement = page_statement(compiler, question, await feature_series(connection, question))
    return await run(connection, statement, parameters) if statement is not None else []


async def count_rows(connection: Connection, question: Question) -> int:
    """Count what a question without limits would give. Raises QuestionError, UnsupportedError."""
    parameters = Parameters()
    compiler = Compiler(parameters, question.measured)
    series = await feature_series(connection, question)
    counts = [
        sql.SQL("(select count(*) from ({}) as {} where {})").format(source, scope.alias, where)
        for scope, source, where in restricted(compiler, question, series)
    ]
    if not counts:
        return 0
    rows = await run(connection, sql.SQL("select {} as n").format(sql.SQL(" + ").join(counts)), parameters)
    return int(rows[0]["n"])


async def read_related(
    connection: Connection, question: Question, parents: EntitySet, relation: Relation, ids: Sequence[Id]
) -> list[Row]:
    """Give the page of a question for each of many parents, with its `parent_id`. Raises QuestionError."""
    rows: list[Row] = []
    for branch, keys in by_branch(parents, ids).items():
        parameters = Parameters()
        compiler = Compiler(parameters, question.measured)
        parent = compiler.open_scope(parents, parents.branch(branch))
        inner = page_statement(compiler, question, None, (parent, relation))
        if inner is None:
            continue
        outer = sql.SQL(
            "select {parent}.id as parent_id, c.* from unnest({keys}, {ids}) as {parent} (key, id)"
            " cross join lateral ({inner}) as c"
        ).format(
            parent=parent.alias,
            keys=parameters.bind_list([key.value for _, key in keys], "int8"),
            ids=parameters.bind_list([one for one, _ in keys], "text" if parents.text_ids else "int8"),  # type: ignore[arg-type]
            inner=inner,
        )
        rows += await run(connection, outer, parameters)
    return rows


async def read_entities(connection: Connection, question: Question, ids: Sequence[Id]) -> list[Row]:
    """Give the entities of these ids that there are, in no order."""
    rows: list[Row] = []
    for name, keys in by_branch(question.entity_set, ids).items():
        parameters = Parameters()
        compiler = Compiler(parameters, question.measured)
        branch = question.entity_set.branch(name)
        scope = compiler.open_scope(question.entity_set, branch)
        if branch.kind == "measured":
            found: sql.Composable = sql.SQL("({})").format(
                sql.SQL(" or ").join(compiler.is_row(scope, one) for one, _ in keys)
            )
        else:
            values = parameters.bind_list([key.value for _, key in keys], "int8")
            found = sql.SQL("{} = any ({})").format(scope.key, values)
        if question.where is not None:
            found = sql.SQL("{} and {}").format(found, compiler.condition(question.where, scope))
        columns = sql.SQL(", ").join(select_list(compiler, question, scope))
        statement = sql.SQL("select {} from ({}) as {} where {}").format(
            columns, sql.SQL(branch.source), scope.alias, found
        )
        rows += await run(connection, statement, parameters)
    return rows


async def run(connection: Connection, statement: sql.Composable, parameters: Parameters) -> list[Row]:
    """Run a compiled statement."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql.SQL("{}").format(statement), parameters.values)
        return await cursor.fetchall()


def by_branch(entity_set: EntitySet, ids: Sequence[Id]) -> dict[str, list[tuple[Id, Key]]]:
    """Sort ids by the branch in which they would lie; what is no id of this set falls out."""
    found: dict[str, list[tuple[Id, Key]]] = {}
    for identity in ids:
        key = find_key(entity_set, identity)
        if key is not None:
            found.setdefault(key.branch, []).append((identity, key))
    return found


async def feature_series(connection: Connection, question: Question) -> list[int] | None:
    """Give the series that told about the feature whose observations are asked for; None where no feature is named."""
    near = question.near
    if near is None or near.relation.back != "feature" or near.key.branch == "own":
        return None
    numbers = [near.key.value]
    parameters = {
        "asset_ids": numbers if near.key.branch == "asset" else [],
        "device_ids": numbers if near.key.branch == "device" else [],
    }
    return [row["series_id"] for row in await fetch(connection, SOURCES["find_feature_series"], parameters)]


def page_statement(
    compiler: Compiler,
    question: Question,
    series: list[int] | None,
    parent: tuple[Scope, Relation] | None = None,
) -> sql.Composable | None:
    """Compile a page: each branch in order as far as wanted, then all together. None where no branch can have a row."""
    if (near := question.near) is not None:
        parent = compiler.known_scope(near.entity_set, near.key, near.id), near.relation
    branches = [
        branch_statement(compiler, question, scope, source, where, place_value(question, parent, scope))
        for scope, source, where in restricted(compiler, question, series, parent)
    ]
    if not branches:
        return None
    names = [sql.Identifier(f"order{index}") for index in range(len(question.orders))]
    order = order_list(question, [*names], sql.SQL("c."))
    if question.orders == () and parent is not None and parent[1].place is not None:
        order = sql.SQL("c.place, ") + order
    return sql.SQL("select c.* from ({}) as c order by {} limit {} offset {}").format(
        sql.SQL(" union all ").join(branches), order, sql.Literal(question.limit), sql.Literal(question.skip)
    )


def restricted(
    compiler: Compiler, question: Question, series: list[int] | None, parent: tuple[Scope, Relation] | None = None
) -> list[tuple[Scope, sql.Composable, sql.Composable]]:
    """Give the branches that can have rows, each with its source and condition."""
    found: list[tuple[Scope, sql.Composable, sql.Composable]] = []
    for branch in question.entity_set.branches:
        scope = compiler.open_scope(question.entity_set, branch)
        conditions: list[sql.Composable] = []
        if parent is None and (near := question.near) is not None:
            parent = compiler.known_scope(near.entity_set, near.key, near.id), near.relation
        if parent is not None:
            link = compiler.link(parent[0], parent[1], scope)
            if link is None:
                continue
            conditions.append(link)
        if series is not None and branch.kind == "measured":
            conditions.append(sql.SQL("{} = any ({})").format(scope.key, compiler.parameters.bind_list(series, "int8")))
        if question.where is not None:
            conditions.append(compiler.condition(question.where, scope))
        if question.after is not None and (behind := after_condition(compiler, question, scope)) is not None:
            conditions.append(behind)
        source = sql.SQL(SOURCES[PLAIN] if reads_plainly(question, branch, parent) else branch.source)
        found.append((scope, source, sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")))
    return found


def reads_plainly(question: Question, branch: Branch, parent: tuple[Scope, Relation] | None) -> bool:
    """Say whether measurements may be read without the barrier: what is asked of them fails on no row."""
    if branch.kind != "measured" or not is_harmless(question.where):
        return False
    return question.where is None or (parent is not None and parent[1].back == "datastream")


def place_value(question: Question, parent: tuple[Scope, Relation] | None, scope: Scope) -> sql.Composable | None:
    """Compile where a row stands among those of a relation that has an order, where no other order is asked for."""
    relation = parent[1] if parent is not None else None
    if parent is None or relation is None or relation.pairs is None or relation.place is None or question.orders:
        return None
    return sql.SQL("(select pair.{} from ({}) as pair where pair.{} = {} and pair.{} = {})").format(
        sql.Identifier(relation.place),
        sql.SQL(SOURCES[relation.pairs]),
        sql.Identifier(relation.this),
        parent[0].id,
        sql.Identifier(relation.that),
        scope.id,
    )


def branch_statement(
    compiler: Compiler,
    question: Question,
    scope: Scope,
    source: sql.Composable,
    where: sql.Composable,
    place: sql.Composable | None,
) -> sql.Composable:
    """Compile the part of a page that one branch gives."""
    columns = select_list(compiler, question, scope)
    orders = [order_value(compiler, order, scope) for order in question.orders]
    order = branch_order(question, orders, scope)
    if place is not None:
        columns.append(sql.SQL("{} as place").format(place))
        order = place + sql.SQL(", ") + order
    columns += [
        sql.SQL("{} as {}").format(value, sql.Identifier(f"order{index}")) for index, value in enumerate(orders)
    ]
    return sql.SQL("(select {} from ({}) as {} where {} order by {} limit {})").format(
        sql.SQL(", ").join(columns),
        source,
        scope.alias,
        where,
        order,
        sql.Literal(question.limit + question.skip),
    )


def select_list(compiler: Compiler, question: Question, scope: Scope) -> list[sql.Composable]:
    """Give the columns of a row: where it stands, its id, its properties and the ids of what it belongs to."""
    branch, key = scope.branch, scope.key
    rank = [one.name for one in question.entity_set.branches].index(branch.name)
    null = sql.SQL("null")
    columns: list[sql.Composable] = [
        sql.SQL("{}::int as rank").format(sql.Literal(rank)),
        sql.SQL("{}::int8 as number").format(key),
        sql.SQL("{}::timestamptz as instant").format(
            scope.column("phenomenon_at") if branch.kind == "measured" else null
        ),
        sql.SQL("{} as id").format(scope.id),
    ]
    for name in question.properties:
        found = question.entity_set.properties[name]
        columns.append(sql.SQL("{} as {}").format(scope.column(found.column), sql.Identifier(name)))
        if found.end:
            columns.append(sql.SQL("{} as {}").format(scope.column(found.end), sql.Identifier(f"{name}/end")))
    for relation in question.entity_set.relations.values():
        if relation.column is not None:
            columns.append(scope.column(f"{relation.column}_id"))
    return columns


def order_value(compiler: Compiler, order: Order, scope: Scope) -> sql.Composable:
    """Compile what a row is ordered by. Raises QuestionError."""
    if relation_prefixes(order.by, scope.entity_set):
        return along_relations(compiler, order.by, scope)
    value = compiler.value(order.by, {(): scope})
    match value.kind:
        case "result" | "number" | "time" | "interval" | "bool" | "duration":
            return value.sql
        case _:
            return sql.SQL('({}::text collate "C")').format(as_text(value))


def along_relations(compiler: Compiler, by: Expression, scope: Scope) -> sql.Composable:
    """Compile an order by a property of the one entity at the end of relations. Raises QuestionError."""
    if not isinstance(by, Path) or len(by.segments) < 2:
        raise QuestionError("$orderby goes along relations only to a property")
    relation = scope.entity_set.relations[by.segments[0]]
    if relation.is_many:
        raise QuestionError(f"$orderby: {by.segments[0]} are many; order by a property of one")
    choices = []
    for branch in SETS[relation.target].branches:
        child = compiler.open_scope(SETS[relation.target], branch)
        if (link := compiler.link(scope, relation, child)) is not None:
            inner = order_value(compiler, Order(Path(by.segments[1:])), child)
            choices.append(
                sql.SQL("(select {} from ({}) as {} where {})").format(inner, sql.SQL(branch.source), child.alias, link)
            )
    return sql.SQL("coalesce({})").format(sql.SQL(", ").join([*choices, sql.SQL("null")]))


def branch_order(question: Question, orders: Sequence[sql.Composable], scope: Scope) -> sql.Composable:
    """Order one branch, so that an index serves where there is one."""
    keys: list[sql.Composable] = [scope.key]
    if scope.branch.kind == "measured":
        keys.append(scope.column("phenomenon_at"))
    if question.of_one_series:
        keys = []
    words = [falling(order, one.is_falling) for order, one in zip(orders, question.orders, strict=True)]
    return sql.SQL(", ").join([*words, *keys])


def order_list(question: Question, names: Sequence[sql.Composable], head: sql.Composable) -> sql.Composable:
    """Order all branches together."""
    words = [falling(head + name, one.is_falling) for name, one in zip(names, question.orders, strict=True)]
    if question.of_one_series:
        return sql.SQL(", ").join(words)
    rest = [head + sql.Identifier(name) for name in ("rank", "number", "instant")]
    return sql.SQL(", ").join([*words, *rest])


def falling(value: sql.Composable, is_falling: bool) -> sql.Composable:
    """Order by a value. What has none comes last, whichever way."""
    return sql.SQL("{} desc nulls last").format(value) if is_falling else value


def after_condition(compiler: Compiler, question: Question, scope: Scope) -> sql.Composable | None:
    """Compile that a row stands behind the last one of the page before."""
    after = question.after
    assert after is not None
    rank = [one.name for one in question.entity_set.branches].index(scope.branch.name)
    if rank != after.rank:
        return None if rank > after.rank else sql.SQL("false")
    number = compiler.parameters.bind(after.number, "int8")
    if scope.branch.kind == "number":
        return sql.SQL("{} > {}").format(scope.key, number)
    at, instant = compiler.parameters.bind(after.at, "timestamptz"), scope.column("phenomenon_at")
    if question.of_one_series:
        return sql.SQL("{} < {}" if after.is_falling else "{} > {}").format(instant, at)
    return sql.SQL("({}, {}) > ({}, {})").format(scope.key, instant, number, at)


def instant_of(key: Key) -> datetime:
    """Give the instant of a measurement's key."""
    return EPOCH + timedelta(microseconds=key.at_us or 0)


def without_page(question: Question) -> Question:
    """Give the question whose count is asked for."""
    return replace(question, orders=(), skip=0, after=None)
