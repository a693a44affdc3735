"""The README in an export: what is what, for whoever receives it, with or without Vigie."""

from pathlib import Path

from deploy.moving.manifest import FILE_NAME, Manifest

TEXT = """\
# {territory}

Toutes les données de ce territoire et de ceux qui en dépendent ({slugs}), à un même instant, exportées de Vigie le
{exported_at}. Formats ouverts : JSON Lines (`.jsonl`, un objet par ligne) et Apache Parquet (`.parquet`).
Un nombre `*_id` renvoie à la ligne de même numéro d'un autre fichier : `series_id` à `series.jsonl`. Une référence qui
ne mène nulle part désigne un autre territoire, qui n'est pas exporté. Mots de passe, clés et jetons n'y sont jamais.

All data of this territory and those below it ({slugs}) at one instant, exported from Vigie on {exported_at}.
Open formats: JSON Lines (`.jsonl`, one object a line) and Apache Parquet (`.parquet`).

- A number `*_id` leads to the row of that number in another file: `series_id` to `series.jsonl`. A reference that leads
  nowhere means another territory, which is not exported; a batch that leads nowhere was ended by retention.
- Times are UTC. A range `[a,b)` holds its begin and not its end. Bytes are hexadecimal after `\\x`.
- The unit of a measurement is its series'. Hours start in UTC, days are civil days of the territory.
- Passwords, keys and tokens are never exported: neither API keys nor passwords of brokers and database roles.
- `{manifest}` holds rows, bytes, SHA-256 and columns of each file; `sha256` of every file must agree.
- `vigie territory import FOLDER` writes all of it into another Vigie.

| file | rows | what a row is |
|---|---|---|
{rows}
"""


def write_readme(folder: Path, manifest: Manifest) -> None:
    """Write it in French and English."""
    rows = "\n".join(f"| `{entry.name}` | {entry.n_rows} | {entry.about} |" for entry in manifest.files)
    text = TEXT.format(
        territory=manifest.territory,
        slugs=", ".join(manifest.slugs),
        exported_at=f"{manifest.exported_at:%Y-%m-%d %H:%M} UTC",
        manifest=FILE_NAME,
        rows=rows,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
