"""How a bulk answer is written: known without the libraries that write it, which are loaded at the first one."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Extension = Literal["csv", "jsonl", "geojson", "parquet", "arrow"]
Compression = Literal["gzip", "zstd"]
MEDIA_TYPES = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/jsonl",
        "geojson": "application/geo+json",
        "parquet": "application/vnd.apache.parquet",
        "arrow": "application/vnd.apache.arrow.file",
    }
)
TEXTS = ("csv", "jsonl", "geojson")
NAMES = ("territory", "device", "channel", "quantity", "unit")


@dataclass(frozen=True, slots=True)
class Style:
    """Format, French style for CSV, whether rows name what the series are, and the compression of the whole, if any."""

    extension: Extension
    is_french: bool = False
    has_names: bool = False
    compression: Compression | None = None
