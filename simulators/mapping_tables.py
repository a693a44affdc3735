"""The tables of a mapping: what may stand in the TOML file, and what each key means."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from sensors.topic import CHANNEL_PATTERN, TERRITORY_PATTERN

PLACEHOLDERS = ("{file}", "{value}")  # the file's name without its endings, and the cell of the device column

Slug = Annotated[str, Meta(pattern=f"^{TERRITORY_PATTERN}$")]
Text = Annotated[str, Meta(min_length=1)]
OneCharacter = Annotated[str, Meta(min_length=1, max_length=1)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the mapping: a key that is not known is an error, not a silence."""


class Territory(Strict, frozen=True):
    """The tenant the data belong to."""

    slug: Slug
    name: Text
    time_zone: Text
    kind: Literal["region", "intercommunality", "commune", "other"] = "commune"


class File(Strict, frozen=True):
    """How the text is cut into cells.

    Without a header, columns are named by their number, from "1". `row_number` says that rows begin with a number
    which the header does not name. `missing` lists cells that hold no value, in any case; blanks around cells are
    ignored.
    """

    separator: OneCharacter = ","
    decimal: Literal[".", ","] = "."
    quote: OneCharacter = '"'
    encoding: Text = "utf-8-sig"
    header: bool = True
    row_number: bool = False
    missing: tuple[str, ...] = ("", "nan")


class Time(Strict, frozen=True):
    """When a row was measured: a `column` and its `format`, or `start` and `step_s` [s] for rows without a time.

    `format` is "iso", "unix" (seconds), "unix_ms", or a pattern of strptime. Where the text has no offset, `zone`
    counts, else the territory's. An hour that a change of clocks repeats is refused unless `repeated_hour` says which
    one is meant.
    """

    column: Text | None = None
    format: Text = "iso"
    zone: Text | None = None
    repeated_hour: Literal["refuse", "first", "second"] = "refuse"
    start: str | None = None
    step_s: Annotated[float, Meta(gt=0)] | None = None


class Asset(Strict, frozen=True):
    """What the device tells about; longitude and latitude are WGS 84 degrees."""

    type: Text
    name: Text
    slug: Text | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    attributes: dict[str, str | int | float | bool] = {}


class Device(Strict, frozen=True):
    """A device, or with `column` one for each value of that column. Ids and names may hold placeholders."""

    id: Text
    asset: Asset
    column: Text | None = None
    model: str | None = None
    interval_s: Annotated[int, Meta(gt=0)] | None = None


class When(Strict, frozen=True):
    """A condition on the row: the cell of this column must read so."""

    column: Text
    equals: str


class Values(Strict, frozen=True):
    """A column of values and what they are.

    `unit` is what the file is in (UCUM), the quantity's own where absent; Vigie converts. `factor` and `summand` are
    for files in no unit at all: value * factor + summand. `codes` gives the state for a text. `device` is needed where
    there are several. An `optional` column may be absent from a file; with `file`, a pattern such as "w-*", only files
    named so have it.
    """

    column: Text
    quantity: Text
    channel: Annotated[str, Meta(pattern=f"^({CHANNEL_PATTERN})?$")] = ""
    unit: Text | None = None
    device: Text | None = None
    factor: float = 1.0
    summand: float = 0.0
    codes: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    optional: bool = False
    file: Text | None = None
    when: When | None = None

    @property
    def key(self) -> str:
        """The key of these values in a native message."""
        return f"{self.channel}/{self.quantity}" if self.channel else self.quantity


class Mapping(Strict, frozen=True):
    """The whole mapping of one layout of files."""

    title: Text
    territory: Territory
    time: Time
    devices: Annotated[tuple[Device, ...], Meta(min_length=1)]
    values: Annotated[tuple[Values, ...], Meta(min_length=1)]
    file: File = File()
    gateway: Text = "replay"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times without an offset."""
        return ZoneInfo(self.time.zone or self.territory.time_zone)

    def device_of(self, values: Values) -> Device:
        """Give the device that sends these values."""
        if values.device is None:
            return self.devices[0]
        return next(device for device in self.devices if device.id == values.device)


def fill(template: str, file: str, value: str) -> str:
    """Put the file's name and the cell in the place of their placeholders."""
    return template.replace(PLACEHOLDERS[0], file).replace(PLACEHOLDERS[1], value)
