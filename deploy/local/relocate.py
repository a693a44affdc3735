"""Point unpacked Debian programs at the libraries unpacked beside them.

Debian's programs name the loader by an absolute path and expect libraries in the system's folders. patchelf writes the
tree's own loader and library path into each program, as a forced RPATH so that it also serves their libraries.
"""

import subprocess
import sys
from pathlib import Path

from deploy.local.errors import LocalError

PROGRAM_FOLDERS = ("usr/lib/postgresql/17/bin", "usr/sbin", "usr/bin")
ELF = b"\x7fELF"


def point_at_itself(unpacked: Path, final: Path) -> None:
    """Write loader and library paths of the place where the tree will stand into its programs.

    Raises
    ------
    LocalError
        A program cannot be changed.
    """
    architecture = multiarch()
    loader = find_loader(unpacked)
    libraries = [
        final / folder
        for folder in (
            f"usr/lib/{architecture}",
            "usr/lib/postgresql/17/lib",
            f"usr/lib/{architecture}/systemd",
            "usr/lib",
        )
        if (unpacked / folder).is_dir()
    ]
    for program in dynamic_programs(unpacked):
        patch(program, str(final / loader), ":".join(map(str, libraries)))


def multiarch() -> str:
    """Debian's name of this architecture's library folder, such as x86_64-linux-gnu or aarch64-linux-gnu."""
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    names = {"amd64": "x86_64", "arm64": "aarch64", "i386": "i386", "ppc64el": "powerpc64le", "riscv64": "riscv64"}
    machine = done.stdout.strip()
    return f"{names.get(machine, machine)}-linux-gnu"


def find_loader(unpacked: Path) -> Path:
    """Find the dynamic loader in the tree, as a path relative to it."""
    for pattern in ("usr/lib64/ld-linux*.so*", "usr/lib/ld-linux*.so*", "usr/lib/*/ld-linux*.so*"):
        if found := sorted(unpacked.glob(pattern)):
            return found[0].relative_to(unpacked)
    raise LocalError("the unpacked packages hold no dynamic loader")


def dynamic_programs(unpacked: Path) -> list[Path]:
    """Find the ELF programs of the tree, links left out."""
    found = []
    for folder in PROGRAM_FOLDERS:
        for path in sorted((unpacked / folder).glob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as handle:
                    if handle.read(4) == ELF:
                        found.append(path)
    return found


def patch(program: Path, loader: str, library_path: str) -> None:
    """Set the loader and the forced RPATH of one program; a static program has no loader and is left as it is."""
    patchelf = str(Path(sys.executable).parent / "patchelf")
    if subprocess.run([patchelf, "--print-interpreter", program], capture_output=True, check=False).returncode != 0:
        return
    done = subprocess.run(
        [patchelf, "--set-interpreter", loader, "--set-rpath", library_path, "--force-rpath", program],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LocalError(f"patchelf cannot change {program.name}: {done.stderr.strip()}")
