"""Files that are there whole or not at all, also when the program is interrupted."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, then put in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
