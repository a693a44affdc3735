#!/bin/sh
# Make the Python environment: sh deploy/setup.sh PYTHON VENV. As root or not, on a fresh Debian 12 too.
set -eu
python=$1
venv=$2
wanted='Vigie needs Python 3.11 or later'

command -v "$python" >/dev/null 2>&1 || { echo "$wanted, and $python is not here." >&2; exit 3; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "$wanted; $python is $("$python" -V 2>&1)." >&2; exit 3; }

# Debian keeps pip for new environments in packages of its own; without root they are unpacked into a scratch folder.
pip_from_debian() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    (cd "$scratch" && apt-get -qq download python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb .) ||
        { echo "pip is missing, and apt-get cannot fetch python3-pip-whl: install python3-venv." >&2; exit 4; }
    wheel=$(ls "$scratch"/usr/share/python-wheels/pip-*.whl)
    "$venv/bin/python" "$wheel/pip" install -q --no-index "$wheel"
}

make_environment() {
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv "$venv"
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3-venv
        "$python" -m venv "$venv"
    else
        "$python" -m venv --without-pip "$venv"
        pip_from_debian
    fi
}

[ -x "$venv/bin/pip" ] || make_environment
echo "Python packages: installing into $venv (about a minute, once)"
"$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes \
    -r requirements.txt -r requirements-dev.txt ||
    { echo "pip could not install the packages: is a package registry reachable?" >&2; exit 4; }
"$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
