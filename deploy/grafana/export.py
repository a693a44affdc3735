"""Write what Grafana reads at its start: provisioning files and dashboards as JSON."""

import json
import shutil
from pathlib import Path

from deploy.grafana.dashboards import build_all
from deploy.grafana.push import FOLDER_TITLE

PROVISIONING = Path(__file__).parent / "provisioning"


def export(folder: Path, page_url: str) -> list[Path]:
    """Write a folder to be mounted at /etc/grafana/provisioning, and give the files written. It holds no secret."""
    written = []
    for source in sorted(PROVISIONING.rglob("*.yaml")):
        written.append(folder / source.relative_to(PROVISIONING))
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, written[-1])
    for built in build_all(page_url):
        written.append(folder / "dashboards" / FOLDER_TITLE[built.audience.language] / f"{built.uid}.json")
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(built.model, ensure_ascii=False, indent=2, sort_keys=True)
        written[-1].write_text(text + "\n", encoding="utf-8")
    return written
