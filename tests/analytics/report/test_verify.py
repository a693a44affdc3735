"""A report holds as long as nobody touches it, and says what was touched; no database is asked."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet
import pytest

from analytics.kpi import Domain, domains
from analytics.report import verify as verifying
from analytics.report.bundle import MANIFEST, SIGNATURE, pack, read_files
from analytics.report.errors import (
    ChangedReportError,
    OtherFiguresError,
    OtherKeyError,
    OtherMethodError,
    ReportError,
    UnreadableReportError,
)
from analytics.report.evidence import write_rows
from analytics.report.key import fingerprint, load_key, make_key, sign
from analytics.report.manifest import describe, read_manifest, to_json
from analytics.report.told import FIGURES, FigureRow, read_figures
from analytics.report.verify import verify
from tests.support.reported import KEY, NOW, PUBLIC, a_report

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def report() -> Files:
    return a_report()


def resigned(files: Files, changed: Files) -> Files:
    """Change files, enter them into the manifest and sign it again, as only the owner of the key can."""
    found = {**files, **changed}
    manifest = read_manifest(found[MANIFEST])
    entries = [describe(one.name, one.about, found[one.name]) for one in manifest.files]
    content = to_json(msgspec.structs.replace(manifest, files=entries))
    return {**found, MANIFEST: content, SIGNATURE: to_json(sign(KEY, content))}


def test_a_report_holds(report: Files) -> None:
    verdict = verify(report, PUBLIC)
    assert verdict.public_key == PUBLIC
    assert verdict.n_figures == len(read_figures(report)) > 100
    assert verdict.manifest.territory == "is-sur-tille"


def test_the_same_inputs_give_the_same_bytes(report: Files) -> None:
    """Every file but manifest and signature is the same another day."""
    later = a_report(now=NOW + timedelta(days=3))
    differing = {name for name in report if report[name] != later[name]}
    assert differing == {MANIFEST, SIGNATURE}
    assert pack(a_report()) == pack(report)


def test_a_zip_and_its_folder_read_alike(report: Files, tmp_path: Path) -> None:
    packed = tmp_path / "report.zip"
    packed.write_bytes(pack(report))
    zipfile.ZipFile(packed).extractall(tmp_path / "folder")
    assert read_files(packed) == read_files(tmp_path / "folder") == report


def flip(content: bytes) -> bytes:
    """Change one byte in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("name", ["report.html", "report.pdf", FIGURES, "evidence/rounds.fills.parquet"])
def test_a_changed_file_is_named(report: Files, name: str) -> None:
    with pytest.raises(ChangedReportError, match=f"^{name}: changed after"):
        verify({**report, name: flip(report[name])})


def test_a_file_taken_away_or_added_is_named(report: Files) -> None:
    with pytest.raises(ChangedReportError, match=r"report\.pdf: signed, but no longer there"):
        verify({name: content for name, content in report.items() if name != "report.pdf"})
    with pytest.raises(ChangedReportError, match=r"more\.txt: not there when"):
        verify({**report, "more.txt": b""})


def test_a_changed_manifest_is_found(report: Files) -> None:
    with pytest.raises(ChangedReportError, match="signature does not hold"):
        verify({**report, MANIFEST: report[MANIFEST].replace(b'"2026-10"', b'"2026-09"')})


def test_another_signed_list_is_no_report(report: Files) -> None:
    content = b'{"format": "vigie-acceptance", "version": 1, "files": []}'
    other = {MANIFEST: content, SIGNATURE: to_json(sign(KEY, content))}
    with pytest.raises(UnreadableReportError, match=r"is of format vigie-acceptance 1, not vigie-report 1$"):
        verify(other)


def test_another_key_is_found(report: Files) -> None:
    """A forger can sign with a key of his own: whoever knows the right one sees it."""
    forged = a_report(key=load_key(make_key()))
    with pytest.raises(OtherKeyError, match=fingerprint(PUBLIC)):
        verify(forged, PUBLIC)
    assert verify(forged).public_key != PUBLIC  # who names no key is told whose it was
    mixed = {**report, SIGNATURE: forged[SIGNATURE]}
    with pytest.raises(ChangedReportError, match="signature does not hold"):
        verify(mixed)
    with pytest.raises(ReportError, match="44 characters"):
        verify(report, "nonsense")


def test_a_figure_that_the_evidence_does_not_give_is_named(report: Files) -> None:
    """Even the owner of the key cannot sign a value that its own inputs do not give."""
    rows = read_figures(report)
    place = next(
        i for i, (part, row) in enumerate(rows) if (part, row.kpi, row.asset_id) == (0, "rounds_avoided", None)
    )
    rows[place] = (0, replace(rows[place][1], value=3.0))
    changed = {FIGURES: write_rows(FigureRow, rows)}
    with pytest.raises(OtherFiguresError, match=r"^1 figure .*rounds_avoided: value 3\.0 in the report, 1 from"):
        verify(resigned(report, changed), PUBLIC)


def test_evidence_that_gives_another_figure_is_found(report: Files) -> None:
    """A count that was raised in the inputs changes the figure of its meter."""
    name = "evidence/electricity_meters.counters.parquet"
    table = pyarrow.parquet.read_table(io.BytesIO(report[name]))
    increases = table.column("increase").to_pylist()
    increases[0] += 1e-3
    sink = io.BytesIO()
    at = table.column_names.index("increase")
    pyarrow.parquet.write_table(table.set_column(at, "increase", [increases]), sink)
    with pytest.raises(OtherFiguresError, match="electricity_meter_energy of meter: value"):
        verify(resigned(report, {name: sink.getvalue()}))


def test_evidence_that_is_no_parquet_cannot_be_told_again(report: Files) -> None:
    name = "evidence/rounds.done.parquet"
    with pytest.raises(OtherMethodError, match=r"rounds\.done\.parquet cannot be read as Parquet"):
        verify(resigned(report, {name: b"nothing"}))


def test_a_difference_below_the_stated_rounding_is_none(report: Files) -> None:
    rows = [
        (part, replace(row, value=None if row.value is None else row.value * (1 + 1e-12)))
        for part, row in read_figures(report)
    ]
    assert verify(resigned(report, {FIGURES: write_rows(FigureRow, rows)})).n_figures == len(rows)


def with_other(change: Callable[[Domain], Domain | None]) -> tuple[Domain, ...]:
    """Give the registry with another domain `rounds`, or none."""
    changed = (change(domain) if domain.name == "rounds" else domain for domain in domains())
    return tuple(domain for domain in changed if domain is not None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda domain: replace(domain, method_version="99"), r"rounds: needs .*version 1; here is .*version 99"),
        (lambda domain: None, "rounds: needs .* which is not in this version"),
    ],
)
def test_another_method_version_says_which_is_needed(
    report: Files, monkeypatch: pytest.MonkeyPatch, change: Callable[[Domain], Domain | None], sentence: str
) -> None:
    registry = with_other(change)
    monkeypatch.setattr(verifying, "domains", lambda: registry)
    with pytest.raises(OtherMethodError, match=sentence):
        verify(report)


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableReportError, match="there is no"):
        read_files(tmp_path / "absent.zip")
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(UnreadableReportError, match="cannot be read as a zip"):
        read_files(tmp_path / "text.zip")
    with pytest.raises(UnreadableReportError, match=r"holds no manifest\.json"):
        read_files(tmp_path)


def test_the_hashes_are_of_the_files(report: Files) -> None:
    for entry in read_manifest(report[MANIFEST]).files:
        assert hashlib.sha256(report[entry.name]).hexdigest() == entry.sha256
