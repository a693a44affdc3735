"""Which types are meant: names with `,` or `|` (or), `;` (and) and parentheses. And which scopes."""

import re
from collections.abc import Sequence

from api.ngsi.context import Context
from api.ngsi.refusal import bad

LONGEST, MOST_GROUPS, DEEPEST = 4_000, 500, 20
_TOKEN = re.compile(r"[(),|;]|[^(),|;\s]+")
Groups = list[list[str]]


def read_types(text: str, context: Context) -> Groups | None:
    """Read a choice of types: groups of whole addresses; an entity is meant that has all types of one group.

    `*` alone means any. Raises ProblemError.
    """
    if len(text) > LONGEST:
        raise bad(f"type has at most {LONGEST} characters")
    if text.strip() == "*":
        return None
    tokens = _TOKEN.findall(text)
    groups, left = read_either(tokens, context, 0)
    if left:
        raise bad(f"type: {left[0][:60]!r} stands where nothing is expected")
    return groups


def read_either(tokens: Sequence[str], context: Context, depth: int) -> tuple[Groups, Sequence[str]]:
    """Read choices of which one is meant. Raises ProblemError."""
    groups, tokens = read_both(tokens, context, depth)
    while tokens and tokens[0] in {",", "|"}:
        more, tokens = read_both(tokens[1:], context, depth)
        groups = groups + more
    return bounded(groups), tokens


def read_both(tokens: Sequence[str], context: Context, depth: int) -> tuple[Groups, Sequence[str]]:
    """Read choices that are meant together. Raises ProblemError."""
    groups, tokens = read_one(tokens, context, depth)
    while tokens and tokens[0] == ";":
        more, tokens = read_one(tokens[1:], context, depth)
        groups = bounded([[*left, *right] for left in groups for right in more])
    return groups, tokens


def read_one(tokens: Sequence[str], context: Context, depth: int) -> tuple[Groups, Sequence[str]]:
    """Read a name or what stands in parentheses. Raises ProblemError."""
    if not tokens or tokens[0] in set(",|;)") or depth > DEEPEST:
        raise bad("type: names are wanted, such as Streetlight,ParkingSpot or (Building;Shop)")
    if tokens[0] != "(":
        return [[context.expand(tokens[0])]], tokens[1:]
    groups, tokens = read_either(tokens[1:], context, depth + 1)
    if not tokens or tokens[0] != ")":
        raise bad("type: a parenthesis is not closed")
    return groups, tokens[1:]


def bounded(groups: Groups) -> Groups:
    """Pass on groups that are not too many. Raises ProblemError."""
    if len(groups) > MOST_GROUPS:
        raise bad(f"type: at most {MOST_GROUPS} combinations")
    return groups


def has_scope(scopes: Sequence[str], wanted: str) -> bool:
    """Say whether one of an entity's scopes is meant: `,` or `|` or, `;` and, `+` one level, `#` all below.

    >>> has_scope(["/bourgogne/dijon"], "/bourgogne/#"), has_scope(["/bourgogne"], "/+/dijon")
    (True, False)
    """
    return any(
        all(any(is_within(scope, part) for scope in scopes) for part in group.split(";"))
        for group in re.split(r"[|,]", wanted.replace("(", "").replace(")", ""))
    )


def is_within(scope: str, pattern: str) -> bool:
    """Say whether a scope is as a pattern says."""
    have = [part for part in scope.split("/") if part]
    want = [part for part in pattern.strip().split("/") if part]
    if want and want[-1] == "#":
        want = want[:-1]
        have = have[: len(want)]
    return len(have) == len(want) and all(right in {"+", left} for left, right in zip(have, want, strict=True))
