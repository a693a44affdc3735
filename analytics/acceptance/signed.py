"""The signed list of a batch: what was checked of each device, as JSON, CSV and a page in French and in English.

The manifest is signed as reports are (`analytics.report.key`): it names each file with its SHA-256.
"""

import csv
import io
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics.acceptance.checks import checks
from analytics.acceptance.looking import overall
from analytics.acceptance.manifest import FORMAT, VERSION, AcceptanceManifest, CheckEntry, DeviceLines, Ending, Line
from analytics.acceptance.page import write_page
from analytics.report.bundle import MANIFEST, SIGNATURE
from analytics.report.errors import ChangedReportError, OtherFiguresError
from analytics.report.key import fingerprint, public_text, sign
from analytics.report.manifest import Form, describe, programs, read_formed, to_json
from analytics.report.seal import check_seal
from store.acceptance import Batch, CheckResult, WatchedDevice

RESULTS, TABLE = "results.json", "results.csv"


def sign_batch(
    batch: Batch,
    devices: Sequence[WatchedDevice],
    results: Sequence[CheckResult],
    ending: Ending,
    key: Ed25519PrivateKey,
) -> dict[str, bytes]:
    """Give the files of the signed list."""
    told = [device_lines(device, results) for device in devices]
    files = {RESULTS: msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n", TABLE: write_table(told)}
    manifest = describe_batch(batch, told, ending)
    mark = fingerprint(public_text(key))
    files |= {f"list-{language}.html": write_page(manifest, told, language, mark) for language in ("fr", "en")}
    about = {RESULTS: "every check of every device", TABLE: "the same as a table"}
    entries = [describe(name, about.get(name, "the same to read"), content) for name, content in sorted(files.items())]
    content = to_json(msgspec.structs.replace(manifest, files=entries))
    return {**files, MANIFEST: content, SIGNATURE: to_json(sign(key, content))}


def device_lines(device: WatchedDevice, results: Sequence[CheckResult]) -> DeviceLines:
    """Put what was found of a device together."""
    own = [one for one in results if one.device_id == device.device_id]
    lines = [Line(one.topic, one.result, one.sentence_fr, one.sentence_en, one.detail) for one in own]
    result = overall([one.result for one in own])
    return DeviceLines(device.external_id, device.name, device.model, device.asset_name, result, lines)


def describe_batch(batch: Batch, told: Sequence[DeviceLines], ending: Ending) -> AcceptanceManifest:
    """Say what the list is of, its files apart."""
    made = [
        CheckEntry(one.name, one.name_fr, one.name_en, one.source, one.name not in batch.left_out)
        for one in checks().values()
    ]
    n_pass, n_fail, n_unknown = count(told)
    return AcceptanceManifest(
        acceptance_id=batch.acceptance_id,
        territory=batch.territory,
        territory_name=batch.territory_name,
        name=batch.name,
        watched_from=batch.started_at,
        watched_until=ending.until,
        n_days=batch.n_days,
        started_by=batch.started_by,
        finished_by=ending.finished_by,
        signed_at=ending.signed_at,
        n_devices=len(told),
        n_pass=n_pass,
        n_fail=n_fail,
        n_unknown=n_unknown,
        checks=made,
        programs=programs(),
        files=(),
    )


def count(told: Sequence[DeviceLines]) -> tuple[int, int, int]:
    """Give how many devices pass, fail, and are not known enough of."""
    results = [one.result for one in told]
    return results.count("pass"), results.count("fail"), results.count("unknown")


def write_table(told: Sequence[DeviceLines]) -> bytes:
    """Write a line for each check of each device, as spreadsheets read it."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(["device", "name", "asset", "overall", "check", "result", "sentence_fr", "sentence_en"])
    for one in told:
        for line in one.lines:
            cells = (one.external_id, one.name, one.asset or "", one.result, line.check, line.result)
            writer.writerow([plain(cell) for cell in (*cells, line.sentence_fr, line.sentence_en)])
    return b"\xef\xbb\xbf" + sink.getvalue().encode()


def plain(text: str) -> str:
    """Keep a spreadsheet from taking what a device calls itself for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def verify(files: Mapping[str, bytes], expected_key: str | None = None) -> tuple[AcceptanceManifest, str]:
    """Check signature, files and sums of a signed list; give its manifest and the public key it was signed with.

    Raises
    ------
    UnreadableReportError, ChangedReportError, OtherKeyError, OtherFiguresError
        In this order of looking.
    """
    manifest, public_key = check_seal(files, read_manifest, expected_key)
    if RESULTS not in files:
        raise ChangedReportError(f"it holds no {RESULTS}")
    check_sums(manifest, files[RESULTS])
    return manifest, public_key


def read_manifest(content: bytes) -> AcceptanceManifest:
    """Read the manifest of a signed list. Raises UnreadableReportError."""
    return read_formed(content, AcceptanceManifest, Form(FORMAT, VERSION))


def check_sums(manifest: AcceptanceManifest, content: bytes) -> None:
    """Raise OtherFiguresError where results do not follow from the checks, or counts not from the results."""
    told = msgspec.json.decode(content, type=list[DeviceLines])
    for one in told:
        if one.result != overall([line.result for line in one.lines]):
            raise OtherFiguresError(f"{one.external_id}: {one.result} does not follow from its checks")
    counts = (manifest.n_pass, manifest.n_fail, manifest.n_unknown)
    if count(told) != counts or len(told) != manifest.n_devices:
        raise OtherFiguresError("the counts of the manifest are not those of its devices")
