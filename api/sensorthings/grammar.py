"""Reads `$filter` and `$orderby`: tokens to trees, by precedence."""

from api.sensorthings.lexer import Token, cut
from api.sensorthings.refusal import refused
from store.sensorthings.expression import (
    COMPARISONS,
    LOGIC,
    PRODUCTS,
    SUMS,
    Call,
    Expression,
    Literal,
    Negative,
    Not,
    Operation,
    Path,
)
from store.sensorthings.question import Order

DEEPEST = 40
LEVELS: tuple[tuple[str, ...], ...] = (LOGIC[:1], LOGIC[1:], COMPARISONS, SUMS, PRODUCTS)


def read_filter(text: str) -> Expression:
    """Read a `$filter`.

    >>> read_filter("result gt 5 and not (Datastream/id eq 3)").sign
    'and'

    Raises
    ------
    ProblemError
        400 where it cannot be read; the detail says where.
    """
    reader = Reader(cut(text))
    found = reader.level(0, 0)
    reader.require_end()
    return found


def read_orders(text: str) -> tuple[Order, ...]:
    """Read an `$orderby`. Raises ProblemError."""
    reader = Reader(cut(text))
    orders = [reader.order()]
    while reader.take(","):
        orders.append(reader.order())
    reader.require_end()
    if len(orders) > 10:
        raise refused("$orderby takes at most 10 expressions")
    return tuple(orders)


class Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._index]

    def take(self, *texts: str) -> str | None:
        """Go on behind one of these words or signs, if it stands here."""
        token = self.token
        if token.kind in {"path", "sign"} and token.text in texts:
            self._index += 1
            return token.text
        return None

    def require(self, text: str) -> None:
        """Go on behind a sign that must stand here. Raises ProblemError."""
        if self.take(text) is None:
            raise refused(f"{text!r} is wanted where {self.token.text[:40]!r} stands")

    def require_end(self) -> None:
        """Refuse what is left. Raises ProblemError."""
        if self.token.kind != "end":
            raise refused(f"an operator is wanted where {self.token.text[:40]!r} stands")

    def order(self) -> Order:
        """Read one expression of an order. Raises ProblemError."""
        by = self.level(3, 0)
        word = self.take("asc", "desc")
        return Order(by, word == "desc")

    def level(self, level: int, depth: int) -> Expression:
        """Read operations of this precedence and above. Raises ProblemError."""
        if depth > DEEPEST:
            raise refused(f"at most {DEEPEST} levels within one another")
        if level == len(LEVELS):
            return self.single(depth)
        if level == 2 and self.take("not"):
            return Not(self.level(2, depth + 1))
        found = self.level(level + 1, depth)
        while sign := self.take(*LEVELS[level]):
            found = Operation(sign, found, self.level(level + 1, depth))  # type: ignore[arg-type]  # one of the level's
        return found

    def single(self, depth: int) -> Expression:
        """Read what stands alone. Raises ProblemError."""
        token = self.token
        if self.take("("):
            inside = self.level(0, depth + 1)
            self.require(")")
            return inside
        if self.take("-"):
            return self.negative(depth)
        if self.take("not"):
            return Not(self.level(2, depth + 1))
        if token.kind in {"sign", "end"}:
            raise refused(f"a value is wanted where {token.text[:40]!r} stands")
        self._index += 1
        if token.kind == "literal":
            return Literal(token.value)
        if self.take("("):
            return Call(token.text, self.arguments(depth))
        return Path(tuple(token.text.split("/")))

    def negative(self, depth: int) -> Expression:
        """Read what stands behind a minus. Raises ProblemError."""
        if depth > DEEPEST:
            raise refused(f"at most {DEEPEST} levels within one another")
        inner = self.single(depth + 1)
        if isinstance(inner, Literal) and isinstance(inner.value, int | float) and not isinstance(inner.value, bool):
            return Literal(-inner.value)
        return Negative(inner)

    def arguments(self, depth: int) -> tuple[Expression, ...]:
        """Read the arguments of a call. Raises ProblemError."""
        found: list[Expression] = []
        if self.take(")"):
            return ()
        while True:
            found.append(self.level(0, depth + 1))
            if self.take(")"):
                return tuple(found)
            self.require(",")
