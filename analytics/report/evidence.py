"""The inputs of a domain's figures as Parquet, and back: a file for each table, read by the types of the inputs alone.

A domain's inputs are what its `tell` takes. Each field that is a sequence of records becomes a file of its own
(`DOMAIN.FIELD.parquet`), and so do inputs that are such a sequence; all other fields are columns of `DOMAIN.parquet`.
The column `in_part` says of which period a row is (its place in the manifest's list).

The same inputs give the same bytes, as long as the same version of pyarrow writes them.
"""

import dataclasses
import io
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet

from analytics.kpi import Domain
from analytics.report.codec import UnknownTypeError, codec_of, fields_of, is_record

PART = "in_part"
ROWS_PER_GROUP = 100_000
Windows = Mapping[int, Any]  # the inputs of each part; what they are differs from domain to domain


class OtherInputsError(Exception):
    """The evidence has other columns than the inputs of this version."""


@dataclass(frozen=True, slots=True)
class InputTable:
    """A file of evidence: rows of `record`, those of the field `field` of the inputs (None: the inputs themselves)."""

    name: str
    record: type
    field: str | None


def inputs_of(domain: Domain) -> Any:
    """Give the type of what a domain's `tell` takes.

    Raises
    ------
    UnknownTypeError
        `tell` does not say, or evidence could not keep it.
    """
    tell = domain.tell
    bound = 0
    while isinstance(tell, partial):
        bound, tell = bound + len(tell.args), tell.func
    hints = [hint for name, hint in get_type_hints(tell).items() if name != "return"]
    if len(hints) <= bound:
        raise UnknownTypeError(f"{domain.name}: its tell does not say what it takes")
    codec_of(hints[bound])  # refuses what cannot be kept
    return hints[bound]


def member_of(hint: Any) -> type | None:
    """Give the record that a type is a sequence of, None where it is something else."""
    arguments, origin = get_args(hint), get_origin(hint)
    if isinstance(origin, type) and issubclass(origin, Sequence) and arguments and is_record(arguments[0]):
        if origin is tuple and arguments[1:] != (Ellipsis,):
            return None
        return typing.cast(type, arguments[0])
    return None


def tables_of(domain: Domain) -> list[InputTable]:
    """Give the files that hold sequences of records; the rest of the inputs is in `DOMAIN.parquet`."""
    hint = inputs_of(domain)
    if (member := member_of(hint)) is not None:
        return [InputTable(f"{domain.name}.parquet", member, None)]
    fields = fields_of(hint) if is_record(hint) else {}
    members = {name: member_of(part) for name, part in fields.items()}
    return [InputTable(f"{domain.name}.{name}.parquet", one, name) for name, one in members.items() if one]


def write_inputs(domain: Domain, windows: Windows) -> dict[str, bytes]:
    """Write the inputs of all parts, and give the files by name."""
    tables = tables_of(domain)
    files = {
        table.name: write_rows(
            table.record,
            [(part, row) for part, inputs in windows.items() for row in rows_in(inputs, table.field)],
        )
        for table in tables
    }
    rest = rest_of(inputs_of(domain), tables)
    if rest:
        rows = [(part, tuple(value_of(inputs, name) for name in rest)) for part, inputs in windows.items()]
        files[f"{domain.name}.parquet"] = write_columns(rest, rows)
    return files


def rows_in(inputs: Any, field: str | None) -> Iterable[Any]:
    """Give a table's rows of one part."""
    rows: Iterable[Any] = inputs if field is None else getattr(inputs, field)
    return rows


def rest_of(hint: Any, tables: Sequence[InputTable]) -> dict[str, Any]:
    """Give names and types of what is in no table of records; the inputs as a whole go by the name `inputs`."""
    if any(table.field is None for table in tables):
        return {}
    if not is_record(hint):
        return {"inputs": hint}
    apart = {table.field for table in tables}
    return {name: part for name, part in fields_of(hint).items() if name not in apart}


def value_of(inputs: Any, name: str) -> Any:
    """Give a field of the inputs, or the inputs themselves where they are no record."""
    return getattr(inputs, name) if is_record(type(inputs)) else inputs


def write_rows(record: type, rows: Sequence[tuple[int, Any]]) -> bytes:
    """Write records with the part each belongs to."""
    fields = fields_of(record)
    return write_columns(fields, [(part, tuple(getattr(row, name) for name in fields)) for part, row in rows])


def write_columns(fields: Mapping[str, Any], rows: Sequence[tuple[int, tuple[Any, ...]]]) -> bytes:
    """Write rows of (part, values of the fields) as Parquet."""
    columns = [pa.array([part for part, _ in rows], pa.int32())]
    for index, hint in enumerate(fields.values()):
        codec = codec_of(hint)
        columns.append(pa.array([codec.encode(values[index]) for _, values in rows], codec.kind))
    table = pa.table(columns, names=[PART, *fields])
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return sink.getvalue()


def read_inputs(domain: Domain, files: Mapping[str, bytes], parts: Sequence[int]) -> dict[int, Any]:
    """Read the inputs of each part.

    Raises
    ------
    OtherInputsError
        A file is not there, or its columns are not those of the inputs in this version.
    """
    hint, tables = inputs_of(domain), tables_of(domain)
    by_table = {table.field: read_records(table, files) for table in tables}
    if None in by_table:
        return {part: by_table[None].get(part, ()) for part in parts}
    rest = rest_of(hint, tables)
    values = read_columns(f"{domain.name}.parquet", rest, files, hint) if rest else {}
    if not is_record(hint):
        return {part: values[part][0]["inputs"] for part in parts}
    return {
        part: hint(
            **{str(field): rows.get(part, ()) for field, rows in by_table.items()}, **(values[part][0] if rest else {})
        )
        for part in parts
    }


def read_records(table: InputTable, files: Mapping[str, bytes]) -> dict[int, tuple[Any, ...]]:
    """Read a table's records, by part."""
    rows = read_columns(table.name, fields_of(table.record), files, table.record)
    return {part: tuple(table.record(**values) for values in own) for part, own in rows.items()}


def read_columns(
    name: str, fields: Mapping[str, Any], files: Mapping[str, bytes], record: Any
) -> dict[int, list[dict[str, Any]]]:
    """Read rows as mappings of fields to values, by part; a field with a default may be absent."""
    if name not in files:
        raise OtherInputsError(f"{name} is not among the evidence")
    table = read_table(name, files[name])
    known = [field for field in fields if field in table.column_names]
    unknown = set(table.column_names) - {PART, *fields}
    missing = set(fields) - set(known) - defaults_of(record)
    if unknown or missing:
        raise OtherInputsError(f"{name} has other columns than the inputs of this version: {sorted(unknown | missing)}")
    columns = [decoded(table.column(field), fields[field], name) for field in known]
    rows: dict[int, list[dict[str, Any]]] = {}
    for part, *values in zip(table.column(PART).to_pylist(), *columns, strict=True):
        rows.setdefault(part, []).append(dict(zip(known, values, strict=True)))
    return rows


def read_table(name: str, content: bytes) -> pa.Table:
    """Read a Parquet file."""
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise OtherInputsError(f"{name} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
    if PART not in table.column_names:
        raise OtherInputsError(f"{name} has no column {PART}")
    return table


def decoded(column: pa.ChunkedArray, hint: Any, name: str) -> list[Any]:
    """Read one column's values."""
    codec = codec_of(hint)
    if column.type != codec.kind:
        raise OtherInputsError(f"{name}: a column is {column.type}, this version's inputs are {codec.kind}")
    return [codec.decode(stored) for stored in column.to_pylist()]


def defaults_of(record: Any) -> set[str]:
    """Give the fields of a dataclass that need not be given."""
    if not dataclasses.is_dataclass(record):
        return set()
    absent = dataclasses.MISSING
    return {f.name for f in dataclasses.fields(record) if f.default is not absent or f.default_factory is not absent}
