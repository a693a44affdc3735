"""What is sent to a route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ask:
    """A query, a body (JSON, or text or bytes as is), headers, what `{path}` stands for, other blanks for a path's."""

    query: Mapping[str, Any] | None = None
    body: object = None
    path: str = ""
    headers: Mapping[str, str] | None = None
    blanks: Mapping[str, str] = field(default_factory=dict)
