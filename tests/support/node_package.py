"""A folder of ours with a package.json and a lock file, installed once beside the caches of this machine."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.lock import hold
from deploy.local.place import find_cache

INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
PATIENCE_S = 600  # 200 MB over a line that others use too


def installed(source: Path, npm: list[str]) -> Path:
    """Give a copy of the folder `source` with its packages, fetched once and checked against the lock file's hashes."""
    files = sorted(path for path in source.iterdir() if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    folder = find_cache() / f"{source.name}-{digest}"
    find_cache().mkdir(parents=True, exist_ok=True)
    with hold(find_cache() / f"{source.name}-{digest}.lock"):
        if not folder.is_dir():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            for path in files:
                shutil.copy(path, partial / path.name)
            environment = {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
            subprocess.run(
                [*npm, *INSTALL], cwd=partial, env=environment, check=True, timeout=PATIENCE_S, capture_output=True
            )
            partial.rename(folder)
    return folder
