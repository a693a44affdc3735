"""Where the shared data sets lie; a test that needs them is skipped where they are absent."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_data(name: str) -> Path:
    """Give the folder `data/NAME` of the shared data, or skip the calling test."""
    for root in (os.environ.get("VIGIE_SHARED_DIR"), str(REPOSITORY.parent / "shared")):
        if root and (folder := Path(root) / "data" / name).is_dir():
            return folder
    pytest.skip(f"shared data set {name} is not on this machine")
