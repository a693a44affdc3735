"""A CSV file with a header, separated by commas or semicolons, as spreadsheets write it."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deploy.errors import SettingError


def read_rows(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give each line that is not empty with its number; columns may come in any order, those not needed may be absent.

    Raises
    ------
    SettingError
        The file cannot be read, its header has other columns, or a line has not as many fields.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read as UTF-8 text: {error}") from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [name.strip().lower() for name in reader.fieldnames or []]
    unknown = [name for name in names if name not in columns]
    missing = [name for name in needed if name not in names]
    if unknown or missing:
        found = ", ".join(unknown or missing)
        raise SettingError(
            f"{path}: {'unknown' if unknown else 'missing'} column {found}; columns are {', '.join(columns)}"
        )
    reader.fieldnames = names
    try:
        for row in reader:
            if None in row or None in row.values():
                raise SettingError(f"{path}, line {reader.line_num}: not as many fields as the header has columns")
            if any(value.strip() for value in row.values()):
                yield reader.line_num, {name: value.strip() for name, value in row.items()}
    except csv.Error as error:
        raise SettingError(f"{path}, line {reader.line_num}: {error}") from error
