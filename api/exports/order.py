"""What is ordered: the same words as in the address of a bulk answer, in a body that is kept."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.bulk.question import Question, asked_in_address
from api.bulk.style import Compression, Extension, Style
from api.errors import ProblemError
from api.parameters import MOST_SERIES, Instant
from api.place import FARTHEST_M, MOST_TAGS

Word = Annotated[str, Field(pattern="^[a-z0-9_]{1,64}$")]
Id = Annotated[int, Field(ge=1, lt=2**31)]
EXAMPLE: JsonDict = {
    "format": "parquet",
    "from": "2026-03-01T00:00:00Z",
    "to": "2026-04-01T00:00:00Z",
    "territory": "val-de-tille",
    "quantity": "active_power",
}


class ExportOrder(BaseModel):
    """Which measurements, in which format. Without `series_id` all series that the other members leave."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    format: Extension
    from_at: Instant | None = Field(None, alias="from", description="first instant, with offset")
    to: Instant | None = Field(None, description="end, excluded, with offset; default now")
    series_id: Annotated[list[Id], Field(max_length=MOST_SERIES)] | None = None
    territory: Annotated[str, Field(pattern="^[a-z0-9-]{1,63}$")] | None = None
    quantity: Word | None = None
    device_id: Id | None = None
    asset_id: Id | None = None
    type: Word | None = None
    bbox: Annotated[str, Field(max_length=100)] | None = Field(None, description="west,south,east,north")
    near: Annotated[str, Field(max_length=60)] | None = Field(None, description="longitude,latitude")
    within_m: Annotated[float, Field(gt=0, le=FARTHEST_M)] = 1000.0
    polygon: Annotated[str, Field(max_length=8000)] | None = Field(None, description="longitude,latitude;...")
    tag: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=MOST_TAGS)] | None = None
    french: bool = Field(False, description="CSV with `;` and decimal comma")
    names: bool = Field(False, description="rows name territory, device, channel, quantity and unit")
    compression: Compression | None = None

    def question(self) -> Question:
        """Give the question, checked. Raises ProblemError."""
        return asked_in_address(**self.model_dump(include=ASKED))

    def style(self) -> Style:
        """Give how the file is written. Raises ProblemError."""
        if self.compression and self.format in ("parquet", "arrow"):
            raise ProblemError(422, f"compression: {self.format} is packed as its readers want it; leave it out")
        return Style(self.format, self.french, self.names, self.compression)

    def kept(self) -> dict[str, Any]:
        """Give what is kept of the order; the end is fixed, so that it says the same when it is worked on."""
        begin, end = self.question().span
        given = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {**given, "format": self.format, "from": begin.isoformat(), "to": end.isoformat()}

    @property
    def ending(self) -> str:
        """Ending of the file's name."""
        packed = {"gzip": ".gz", "zstd": ".zst", None: ""}[self.compression]
        return f"{self.format}{packed}"


ASKED = {
    "from_at", "to", "series_id", "territory", "quantity", "device_id", "asset_id", "type", "bbox", "near", "within_m",
    "polygon", "tag",
}  # fmt: skip
State = Literal["waiting", "running", "ready", "failed", "expired"]
