"""A table that goes with a territory to another server: which rows, which columns, what they refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = tuple[str, ...]
References = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table that goes with a territory.

    Parameters
    ----------
    about
        What a row is, for the README of an export.
    copied
        Columns taken as they are, with blanks between.
    within
        Columns that hold numbers of other tables (column to table); a row goes when all of them go. Batches go along.
    outside
        The same, but null, or a row of another territory, is no obstacle: elsewhere it becomes null.
    key
        The row's own number, given anew elsewhere.
    numbered
        Texts that hold such a number: column to (text before the number, table).
    selected
        No column says it all: which rows go says the condition `where_<name>`.
    is_long
        Written as Parquet, and a part at a time; has no key.
    left_out
        Columns that stay behind: secrets.
    """

    name: str
    about: str
    copied: str
    within: References = field(default_factory=dict)
    outside: References = field(default_factory=dict)
    key: str | None = None
    numbered: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    selected: bool = False
    is_long: bool = False
    left_out: Names = ()

    @property
    def file_name(self) -> str:
        """Name of its file in an export."""
        return f"{self.name}.parquet" if self.is_long else f"{self.name}.jsonl"

    @property
    def columns(self) -> Names:
        """Columns of its file, in order."""
        own = () if self.key is None else (self.key,)
        return (*own, *self.within, *self.outside, *self.copied.split())


TERRITORY = {"territory_id": "territories"}
DEVICE = {"device_id": "devices"}
SERIES = {"series_id": "series"}
PROJECT = {"project_id": "projects"}
PUBLICATION = {"publication_id": "publications"}
BATCH = {"batch_id": "batches"}
BUCKET = "bucket n sum min max first last first_at last_at time_weighted_mean covered_s"
