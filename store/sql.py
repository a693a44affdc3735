"""Named queries out of `.sql` files: each starts at a line `-- name: verb_thing`; nothing is ever assembled."""

import re
from pathlib import Path
from typing import LiteralString, cast

NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load_queries(module_file: str) -> dict[str, LiteralString]:
    """Give the queries of the `.sql` file beside a module, by name.

    Parameters
    ----------
    module_file
        `__file__` of the module; `store/registry.py` reads `store/registry.sql`.
    """
    text = Path(module_file).with_suffix(".sql").read_text(encoding="utf-8")
    parts = NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{module_file}: a query name stands twice")
    # The text comes from our own files only, so it is as good as a literal.
    return {name: cast(LiteralString, body.strip()) for name, body in zip(names, bodies, strict=True)}
