"""Makes SQL conditions of filters: literals are parameters, names come from the model, no text goes through.

A filter is compiled for one branch of a set at a time, so each condition meets bare columns with their indexes. Where a
filter goes along a relation, it asks for the existence of a row there, branch by branch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from store.sensorthings.errors import QuestionError
from store.sensorthings.expression import (
    COMPARISONS,
    LOGIC,
    Call,
    Expression,
    Literal,
    Negative,
    Not,
    Operation,
    Path,
    walk,
)
from store.sensorthings.function import GEOMETRIC, call, compare, reckon
from store.sensorthings.model import SETS, SOURCES, Branch, EntitySet, Id, Key, Relation, find_key
from store.sensorthings.value import Parameters, Value, as_bool, as_number, constant_value

NEVER = sql.SQL("false")
ID_NAMES = frozenset({"id", "@iot.id"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of one branch under a name; for a row that is known, `key` and `id` are given instead."""

    entity_set: EntitySet
    branch: Branch
    alias: sql.Identifier
    key: sql.Composable
    id: sql.Composable

    def column(self, name: str) -> sql.Composable:
        """Name a column."""
        return self.alias + sql.SQL(".") + sql.Identifier(name)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a geometric function gives for each entity that has a shape."""

    ids: list[int]
    values: list[float] | list[bool]
    is_number: bool


class Compiler:
    """Compiles for one statement. `measured` holds the answers of geometric functions, asked before."""

    def __init__(self, parameters: Parameters, measured: Mapping[Call, Measured] | None = None) -> None:
        self.parameters = parameters
        self.measured = measured or {}
        self._n_aliases = 0

    def open_scope(self, entity_set: EntitySet, branch: Branch) -> Scope:
        """Name rows of a branch."""
        self._n_aliases += 1
        alias = sql.Identifier(f"b{self._n_aliases}")
        return Scope(entity_set, branch, alias, alias + sql.SQL(".") + sql.Identifier("key"), alias + sql.SQL(".id"))

    def known_scope(self, entity_set: EntitySet, key: Key, identity: Id) -> Scope:
        """Stand for one row that is known by its key."""
        id_kind = "text" if entity_set.text_ids else "int8"
        bound = self.parameters.bind(str(identity) if entity_set.text_ids else identity, id_kind)
        return Scope(
            entity_set,
            entity_set.branch(key.branch),
            sql.Identifier("none"),
            self.parameters.bind(key.value, "int8"),
            bound,
        )

    def condition(self, node: Expression, scope: Scope) -> sql.Composable:
        """Compile a filter for rows of a scope. Raises QuestionError, UnsupportedError."""
        if isinstance(node, Operation) and node.sign in LOGIC:
            sides = [self.condition(side, scope) for side in (node.left, node.right)]
            return sql.SQL("({} or {})" if node.sign == "or" else "({} and {})").format(*sides)
        if isinstance(node, Not):
            return sql.SQL("not coalesce({}, false)").format(self.condition(node.inner, scope))
        return self.atom(node, {(): scope}, relation_prefixes(node, scope.entity_set))

    def atom(
        self, node: Expression, scopes: Mapping[tuple[str, ...], Scope], prefixes: Sequence[tuple[str, ...]]
    ) -> sql.Composable:
        """Compile what holds of one row, and of a row at the end of each relation that it names."""
        if not prefixes:
            return as_bool(self.value(node, scopes))
        prefix, rest = prefixes[0], prefixes[1:]
        parent = scopes[prefix[:-1]]
        relation = parent.entity_set.relations[prefix[-1]]
        choices = []
        for branch in SETS[relation.target].branches:
            child = self.open_scope(SETS[relation.target], branch)
            if (link := self.link(parent, relation, child)) is None:
                continue
            inner = self.atom(node, {**scopes, prefix: child}, rest)
            choices.append(
                sql.SQL("exists (select from ({}) as {} where {} and {})").format(
                    sql.SQL(branch.source), child.alias, link, inner
                )
            )
        return sql.SQL("({})").format(sql.SQL(" or ").join(choices)) if choices else NEVER

    def link(self, parent: Scope, relation: Relation, child: Scope) -> sql.Composable | None:
        """Compile what ties a child to its parent; None where these branches are never tied."""
        if relation.column is not None:
            return held(parent, relation.column, child)
        if relation.back is not None:
            return held(child, relation.back, parent)
        if parent.branch.name != child.branch.name or relation.pairs is None:
            return None
        return sql.SQL("{} in (select pair.{} from ({}) as pair where pair.{} = {})").format(
            child.id,
            sql.Identifier(relation.that),
            sql.SQL(SOURCES[relation.pairs]),
            sql.Identifier(relation.this),
            parent.id,
        )

    def value(self, node: Expression, scopes: Mapping[tuple[str, ...], Scope]) -> Value:
        """Compile a value. Raises QuestionError, UnsupportedError."""
        match node:
            case Literal():
                return constant_value(self.parameters, node.value)
            case Path():
                return self.path(node, scopes)
            case Negative():
                return Value("number", sql.SQL("(-{})").format(as_number(self.value(node.inner, scopes))))
            case Call():
                if node.name in GEOMETRIC:
                    return self.geometric(node, scopes)
                return call(self.parameters, node.name, [self.value(one, scopes) for one in node.arguments])
            case Operation():
                return self.operation(node, scopes)
            case Not():
                return Value("bool", sql.SQL("(not {})").format(as_bool(self.value(node.inner, scopes))))

    def operation(self, node: Operation, scopes: Mapping[tuple[str, ...], Scope]) -> Value:
        """Compile two values and what stands between them. Raises QuestionError, UnsupportedError."""
        if node.sign in COMPARISONS:
            return Value("bool", self.comparison(node, scopes))
        sides = [self.value(side, scopes) for side in (node.left, node.right)]
        if node.sign in LOGIC:
            template = sql.SQL("({} or {})" if node.sign == "or" else "({} and {})")
            return Value("bool", template.format(*(as_bool(side) for side in sides)))
        return reckon(node.sign, *sides)

    def comparison(self, node: Operation, scopes: Mapping[tuple[str, ...], Scope]) -> sql.Composable:
        """Compile a comparison; an id that is compared for equality is looked up by its key."""
        for path, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(path, Path) and path.segments[-1] in ID_NAMES and isinstance(other, Literal):
                scope = scopes.get(path.segments[:-1])
                if scope is not None and node.sign in {"eq", "ne"} and isinstance(other.value, int | str):
                    found = self.is_row(scope, other.value)
                    return found if node.sign == "eq" else sql.SQL("not {}").format(found)
        return compare(self.parameters, node.sign, self.value(node.left, scopes), self.value(node.right, scopes))

    def is_row(self, scope: Scope, identity: Id) -> sql.Composable:
        """Compile whether a row has this id."""
        key = find_key(scope.entity_set, identity)
        if key is None or key.branch != scope.branch.name:
            return NEVER
        found = sql.SQL("({} = {})").format(scope.key, self.parameters.bind(key.value, "int8"))
        if key.at_us is None:
            return found
        instant = self.parameters.bind(key.at_us, "int8")
        return sql.SQL("({} and {} = timestamptz 'epoch' + {} * interval '1 microsecond')").format(
            found, scope.column("phenomenon_at"), instant
        )

    def path(self, node: Path, scopes: Mapping[tuple[str, ...], Scope]) -> Value:
        """Compile a property, or what lies within one. Raises QuestionError."""
        scope, segments = descend(node, scopes)
        name, within = segments[0], segments[1:]
        if name in ID_NAMES and not within:
            if scope.entity_set.text_ids:
                return Value("text", scope.id + sql.SQL("::text"))
            return Value("number", scope.id + sql.SQL("::float8"))
        if (found := scope.entity_set.properties.get(name)) is None:
            raise QuestionError(f"{scope.entity_set.type} has no property {name[:60]!r}")
        column = scope.column(found.column)
        if within and found.kind not in {"json", "result"}:
            raise QuestionError(f"{name} has nothing within it")
        if within:
            keys = self.parameters.bind_list(list(within), "text")
            return Value("json", sql.SQL("({} #> {})").format(column, keys))
        if found.kind == "result":
            return Value("result", scope.column("result_number"), scope.column("result_text"))
        return Value(found.kind, column, scope.column(found.end) if found.end else None)

    def geometric(self, node: Call, scopes: Mapping[tuple[str, ...], Scope]) -> Value:
        """Take in what a geometric function gave for each shape."""
        path = next(argument for argument in node.arguments if isinstance(argument, Path))
        scope, _ = descend(path, scopes)
        answers = self.measured[node]
        ids = self.parameters.bind_list(answers.ids, "int8")
        if not answers.is_number:
            return Value("bool", sql.SQL("({} = any ({}))").format(scope.id, ids))
        values = self.parameters.bind_list([float(value) for value in answers.values], "float8")
        return Value(
            "number",
            sql.SQL("(select g.value from unnest({}, {}) as g (id, value) where g.id = {})").format(
                ids, values, scope.id
            ),
        )


def held(holder: Scope, column: str, target: Scope) -> sql.Composable | None:
    """Compile that a row of `holder` names the row of `target` in its column; None where it never does."""
    name = f"{column}_{target.branch.name}"
    if name in holder.branch.columns:
        return sql.SQL("{} = {}").format(holder.column(name), target.key)
    if f"{column}_any" in holder.branch.columns and target.branch.name != "own":
        return sql.SQL("{} = {}").format(holder.column(f"{column}_id"), target.id)
    return None


def descend(node: Path, scopes: Mapping[tuple[str, ...], Scope]) -> tuple[Scope, tuple[str, ...]]:
    """Follow the relations at the head of a path; what is left is a property and what is within it."""
    length = 0
    while length < len(node.segments) and node.segments[: length + 1] in scopes:
        length += 1
    segments = node.segments[length:]
    if not segments:
        raise QuestionError(f"{'/'.join(node.segments)[:60]} is a relation: name a property of it")
    return scopes[node.segments[:length]], segments


def relation_prefixes(node: Expression, entity_set: EntitySet) -> list[tuple[str, ...]]:
    """Give the relations that an expression goes along, shorter ones first."""
    found: set[tuple[str, ...]] = set()
    for path in walk(node):
        current = entity_set
        for length, name in enumerate(path.segments if isinstance(path, Path) else (), 1):
            if name not in current.relations:
                break
            found.add(path.segments[:length])  # type: ignore[union-attr]  # only a path has come here
            current = SETS[current.relations[name].target]
    return sorted(found, key=lambda prefix: (len(prefix), prefix))


def is_harmless(node: Expression | None) -> bool:
    """Say whether a filter only compares own properties with literals: such a condition fails on no row."""
    match node:
        case None:
            return True
        case Operation() if node.sign in LOGIC:
            return is_harmless(node.left) and is_harmless(node.right)
        case Not():
            return is_harmless(node.inner)
        case Operation() if node.sign in COMPARISONS:
            return all(isinstance(side, Literal) or is_own(side) for side in (node.left, node.right))
        case _:
            return False


def is_own(node: Expression) -> bool:
    """Say whether it is a property of the row itself, and nothing within one."""
    return isinstance(node, Path) and len(node.segments) == 1
