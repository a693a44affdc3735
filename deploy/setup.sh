#!/bin/sh
# Makes the Python environment: sh deploy/setup.sh PYTHON VENV
# Works on a fresh Debian 12, where Python comes without pip and without what `python -m venv` needs: as root the
# missing package is installed, as an ordinary user it is unpacked beside. Nothing else on the machine changes.
set -eu
python=$1
venv=$2
work=''
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

# Run a command quietly; show what it said only if it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { tail -n 15 "$work/log" >&2; return 1; }
}

has_ensurepip() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

check_python() {
    command -v "$python" >/dev/null || fail "$python is not there: install Python 3.11 or later (Debian: python3)"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or later is needed, $python is $("$python" -V 2>&1 | cut -d' ' -f2): make setup PYTHON=python3.11"
}

make_venv() {
    if ! has_ensurepip && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing python3-venv"
        install_venv_package || say "python3-venv cannot be installed, going on without it"
    fi
    if has_ensurepip; then
        quietly "$python" -m venv "$venv" || fail "the environment $venv cannot be made"
    else
        make_venv_without_pip
    fi
}

install_venv_package() {
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -qq && quietly apt-get install -y -qq --no-install-recommends python3-venv
}

# Debian's python3-pip-whl holds pip as a wheel, which runs from where it lies.
make_venv_without_pip() {
    command -v apt-get >/dev/null || fail "$python has no pip: install it (Debian: python3-venv)"
    say "fetching pip from Debian's python3-pip-whl"
    fetch_pip_wheel || fail "pip cannot be fetched: install python3-venv, or check the network"
    quietly "$python" -m venv --without-pip "$venv" || fail "the environment $venv cannot be made"
    wheel=$(find "$work/pip" -name 'pip-*.whl' | head -n 1)
    [ -n "$wheel" ] || fail "Debian's python3-pip-whl holds no pip"
    quietly "$venv/bin/python" "$wheel/pip" install --no-index "$wheel" || fail "pip cannot be installed in $venv"
}

# An ordinary user may not refresh the system's package lists: apt gets folders of its own.
fetch_pip_wheel() {
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/pip"
    : >"$work/state/status"
    printf '#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n%s\n' \
        'APT::Sandbox::User "";' "Dir::State \"$work/state\";" "Dir::State::status \"$work/state/status\";" \
        "Dir::Cache \"$work/cache\";" >"$work/apt.conf"
    quietly apt-get -c "$work/apt.conf" update -qq &&
        (cd "$work/pip" && quietly apt-get -c "$work/apt.conf" download -qq python3-pip-whl) &&
        quietly dpkg-deb -x "$work"/pip/python3-pip-whl_*.deb "$work/pip"
}

pip_install() { quietly "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

check_python
work=$(mktemp -d)
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "making $venv"
    make_venv
fi
say "installing what requirements.txt and requirements-dev.txt list (a minute or two the first time)"
pip_install --require-hashes -r requirements.txt -r requirements-dev.txt || fail "the requirements cannot be installed"
pip_install --no-deps --no-build-isolation -e . || fail "Vigie itself cannot be installed in $venv"
say "done"
