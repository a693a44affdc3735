"""What a report tells: every domain's figures of the whole period and of its parts, out of inputs that it keeps.

Figures are told from the inputs as they are read back from the evidence, so that whoever verifies the report later
does the very same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.kpi import Domain, domains
from analytics.kpi.figure import Figure
from analytics.report.codec import fields_of
from analytics.report.evidence import Windows, read_columns, read_inputs, write_inputs, write_rows
from analytics.report.span import Part, Span, parts_of
from analytics.tell import bound_all
from store.inputs import Connection, Delivered, Window, read_delivered

FIGURES = "figures.parquet"
Deliveries = Mapping[int, Mapping[int | None, Delivered]]  # by part and asset


@dataclass(frozen=True, slots=True)
class DeliveredRow:
    """Messages that came and that are missing, of an asset's devices or (None) of all."""

    asset_id: int | None
    n_heard: int
    n_missing: int


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure as the report keeps it; `asset` is the slug, None for the territory; `proof` is JSON."""

    domain: str
    kpi: str
    asset_id: int | None
    asset: str | None
    unit: str
    value: float | None
    low: float | None
    high: float | None
    completeness: float | None
    baseline: float | None
    withheld: str | None
    inputs_hash: str
    proof: str


@dataclass(frozen=True, slots=True)
class Told:
    """A domain's figures by part, and the files that they were told from."""

    domain: Domain
    parts: Sequence[Part]
    files: Mapping[str, bytes]
    figures: Mapping[int, Sequence[Figure]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: no asset of the kind, no project, no plan."""
        return not any(self.figures.values())


def read_told(connection: Connection, territory_id: int, span: Span, time_zone: str) -> list[Told]:
    """Read the inputs of every domain that has something to tell, and tell it."""
    told = (
        read_domain(connection, domain, territory_id, parts_of(span, domain.rhythm, time_zone)) for domain in domains()
    )
    return [one for one in told if not one.is_empty]


def read_domain(connection: Connection, domain: Domain, territory_id: int, parts: Sequence[Part]) -> Told:
    """Read a domain's inputs of all parts, put them into files, and tell what the files say."""
    windows = {part.index: Window(territory_id, domain.asset_types, part.begins_at, part.ends_at) for part in parts}
    inputs = {index: domain.read(connection, window) for index, window in windows.items()}
    delivered = {index: read_delivered(connection, window) for index, window in windows.items() if domain.holds_values}
    return tell_parts(domain, parts, inputs, delivered)


def tell_parts(domain: Domain, parts: Sequence[Part], inputs: Windows, delivered: Deliveries) -> Told:
    """Put inputs into files and tell what the files say."""
    files = write_inputs(domain, inputs)
    if domain.holds_values:
        rows = [
            (index, DeliveredRow(asset_id, own.n_heard, own.n_missing))
            for index, of_part in delivered.items()
            for asset_id, own in of_part.items()
        ]
        files[delivered_name(domain)] = write_rows(DeliveredRow, rows)
    return Told(domain, parts, files, tell_files(domain, files, [part.index for part in parts]))


def tell_files(domain: Domain, files: Mapping[str, bytes], parts: Sequence[int]) -> dict[int, Sequence[Figure]]:
    """Tell a domain's figures from its files: of the whole (part 0) every asset's, of the other parts the territory's.

    Raises
    ------
    OtherInputsError
        The files are not what this version's domain takes.
    """
    inputs = read_inputs(domain, files, parts)
    delivered = read_delivered_file(domain, files) if domain.holds_values else {}
    figures = {part: domain.tell(inputs[part]) if part == 0 else domain.tell_town(inputs[part]) for part in parts}
    return {part: bound_all(domain, own, delivered.get(part, {})) for part, own in figures.items()}


def delivered_name(domain: Domain) -> str:
    """Name the file of a domain's deliveries."""
    return f"{domain.name}.delivered.parquet"


def read_delivered_file(domain: Domain, files: Mapping[str, bytes]) -> dict[int, dict[int | None, Delivered]]:
    """Read what came of each asset's devices, by part."""
    rows = read_columns(delivered_name(domain), fields_of(DeliveredRow), files, DeliveredRow)
    return {
        part: {row["asset_id"]: Delivered(row["n_heard"], row["n_missing"]) for row in own}
        for part, own in rows.items()
    }


def write_figures(told: Iterable[Told], slugs: Mapping[int, str]) -> bytes:
    """Write all figures as Parquet."""
    rows = [
        (part, figure_row(one.domain, figure, slugs))
        for one in told
        for part, figures in one.figures.items()
        for figure in figures
    ]
    return write_rows(FigureRow, rows)


def figure_row(domain: Domain, figure: Figure, slugs: Mapping[int, str]) -> FigureRow:
    """Write a figure as the report keeps it."""
    return FigureRow(
        domain=domain.name,
        kpi=figure.kpi,
        asset_id=figure.asset_id,
        asset=None if figure.asset_id is None else slugs.get(figure.asset_id),
        unit=figure.unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        completeness=figure.completeness,
        baseline=figure.baseline,
        withheld=figure.withheld,
        inputs_hash=figure.inputs_hash,
        proof=json.dumps(dict(figure.proof), ensure_ascii=False, sort_keys=True),
    )


def read_figures(files: Mapping[str, bytes]) -> list[tuple[int, FigureRow]]:
    """Read all figures of a report with the part each is of. Raises OtherInputsError."""
    rows = read_columns(FIGURES, fields_of(FigureRow), files, FigureRow)
    return [(part, FigureRow(**values)) for part, own in rows.items() for values in own]
