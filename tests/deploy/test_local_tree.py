"""Where the packages come from, and where they may not."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.apt import KEYRING, Package, choose_mirrors, drop_damaged, first_error, require_debian
from deploy.local.errors import AccessError, DiskFullError, DownloadError, UnsupportedSystemError
from deploy.local.place import place_of
from deploy.local.services import translate
from deploy.local.tree import Tree
from tests.support.shared import REPOSITORY

ARCHIVE = "http://mirror.example/debian/"
SECURITY = "http://mirror.example/debian-security/"


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    path = tmp_path / "os-release"
    path.write_text('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', encoding="utf-8")
    return path


def test_ubuntu_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    path = tmp_path / "os-release"
    path.write_text('PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\n', encoding="utf-8")
    with pytest.raises(
        UnsupportedSystemError, match=r"need Debian, this is Ubuntu 24.04.1 LTS: give VIGIE_DATABASE_URL"
    ):
        require_debian(path)


def test_system_without_apt_is_refused(debian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedSystemError, match="need apt-get and dpkg-deb"):
        require_debian(debian)


def test_system_without_keyring_is_refused(debian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("apt-get", "dpkg-deb"):
        (tmp_path / name).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedSystemError, match="install debian-archive-keyring"):
        require_debian(debian, tmp_path / KEYRING.name)


def test_mirrors_are_the_machines_own_debian_ones() -> None:
    targets = [
        ("http://other.example/linux/debian-tools/", "bookworm"),
        (ARCHIVE, "bookworm"),
        (ARCHIVE, "bookworm-updates"),
        (SECURITY, "bookworm-security"),
    ]
    assert choose_mirrors(targets) == [(ARCHIVE, "trixie"), (SECURITY, "trixie-security")]


def test_machine_without_security_mirror_uses_the_archive_alone() -> None:
    assert choose_mirrors([(ARCHIVE, "bookworm")]) == [(ARCHIVE, "trixie")]


def test_machine_without_debian_mirror_is_refused() -> None:
    with pytest.raises(UnsupportedSystemError, match="knows no Debian mirror"):
        choose_mirrors([("http://mirror.example/ubuntu/", "noble")])


def test_version_asked_for_is_the_one_of_the_index() -> None:
    package = Package("libacl1_2%3a2.3.2-2+b1_amd64.deb", 32860, "0" * 64)
    assert (package.name, package.wanted) == ("libacl1", "libacl1=2:2.3.2-2+b1")


def test_interrupted_file_is_kept_and_damaged_file_is_removed(tmp_path: Path) -> None:
    """apt goes on with a short file but trusts one of full size, whatever it holds."""
    partly, damaged = Package("a_1_all.deb", 10, "0" * 64), Package("b_1_all.deb", 4, "0" * 64)
    (tmp_path / partly.file).write_bytes(b"half")
    (tmp_path / damaged.file).write_bytes(b"evil")
    assert drop_damaged(tmp_path, [partly, damaged]) == [partly, damaged]
    assert [path.name for path in tmp_path.iterdir()] == [partly.file]


def test_reason_of_apt_is_its_first_error() -> None:
    text = "Err:1 http://mirror.example trixie InRelease\nW: old\nE: Failed to fetch x  Connection refused\nE: more\n"
    assert first_error(text) == "Failed to fetch x  Connection refused"


def test_tree_with_other_packages_is_another_folder() -> None:
    trees = [Tree("a", ("x",)), Tree("a", ("x", "y")), Tree("a", ("x",), excluded=("y",))]
    assert len({tree.folder_name for tree in trees}) == 3


def test_two_checkouts_of_one_name_have_two_places(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / "vigie", tmp_path / "b" / "vigie"]
    for folder in folders:
        folder.mkdir(parents=True)
    assert len({place_of(folder).data for folder in folders}) == 2


def test_full_disk_is_one_sentence(tmp_path: Path) -> None:
    error = translate(OSError(errno.ENOSPC, "No space left on device"), place_of(tmp_path))
    assert isinstance(error, DiskFullError)
    assert "no space is left under" in str(error)


def run_start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run `vigie local start`, which touches nothing before it has its programs."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", "local", "start"],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_without_cache_folder_ends_with_its_code_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run_start(VIGIE_CACHE_DIR=f"{tmp_path}/file/cache")
    assert result.returncode == AccessError.exit_code
    assert result.stderr == f"vigie: the cache folder {tmp_path}/file/cache cannot be made: Not a directory\n"


@pytest.mark.services
def test_command_without_network_ends_with_its_code_and_one_sentence(tmp_path: Path) -> None:
    result = run_start(VIGIE_CACHE_DIR=str(tmp_path), http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    assert result.returncode == DownloadError.exit_code
    assert result.stderr.splitlines()[-1].startswith("vigie: Debian's packages cannot be fetched: Failed to fetch")
    assert "Traceback" not in result.stderr
