"""Files of published sets, found by how they begin and read out of their packing."""

import gzip
import zipfile
from pathlib import Path

import pytest

from analytics.evaluate import NoDataError
from analytics.evaluate.files import find_files, read_text

TEXT = "start,value\n2025-01-01,1,5 °C\n"


def test_a_file_is_found_and_read_in_whatever_it_is_packed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8-sig")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("inner.csv", TEXT)
    (tmp_path / "d.zip").write_bytes(b"no archive")
    (tmp_path / "e.csv").write_text("other,columns\n")
    found = find_files(tmp_path, lambda head: head.startswith("start,value"), "meters")
    assert [path.name for path in found] == ["a.csv", "b.csv.gz", "c.zip"]
    assert [read_text(path) for path in found] == [TEXT] * 3


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match="holds no meters"):
        find_files(tmp_path, lambda head: True, "meters")
