"""Write what Grafana reads at its start: provisioning files and dashboards as JSON."""

import json
import shutil
from pathlib import Path

from deploy.grafana.dashboards import build_all
from deploy.grafana.push import FOLDER_TITLE
from deploy.grafana.server import SOURCE_UID, Json
from deploy.grafana.watch import as_file

PROVISIONING = Path(__file__).parent / "provisioning"


def export(folder: Path, page_url: str) -> list[Path]:
    """Write a folder to be mounted at /etc/grafana/provisioning, and give the files written. It holds no secret."""
    written = []
    for source in sorted(PROVISIONING.rglob("*.yaml")):
        written.append(folder / source.relative_to(PROVISIONING))
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, written[-1])
    # JSON is YAML, and Grafana reads the rules of alerts in files of that ending.
    written.append(write(folder / "alerting" / "vigie.yaml", as_file(SOURCE_UID)))
    for built in build_all(page_url):
        place = folder / "dashboards" / FOLDER_TITLE[built.audience.language] / f"{built.uid}.json"
        written.append(write(place, built.model))
    return written


def write(path: Path, document: Json) -> Path:
    """Write a document as JSON that reads well in a comparison of versions, and give its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path
