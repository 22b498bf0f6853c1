#!/bin/sh
# Makes a bare checkout ready, and is instant when it is: `.venv` with the locked packages and the `cam` command, then
# the server programs of the private servers. Called by `make setup`. PYTHON=... picks the Python for a new `.venv`.
set -eu
umask 022
cd "$(dirname "$0")/.."
log="$PWD/.cam/setup.log"
stamp=.venv/.installed

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Run a command silently; show the end of what it said if it fails.
quietly() {
    mkdir -p .cam
    printf '\n$ %s\n' "$*" >>"$log"
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
        fail "\`$1\` failed; all it said is in .cam/setup.log"
    fi
}

is_good_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_good_python "$PYTHON" || fail "PYTHON=$PYTHON is no Python 3.11 or newer"
        echo "$PYTHON"
        return
    fi
    for candidate in python3.13 python3.12 python3.11 python3 python3.14; do
        if is_good_python "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer was found: install one, or name it with PYTHON=/path/to/python3"
}

# Print what to put before a command that needs root; fail where there is no way to be root without asking.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        echo env
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        echo "sudo -n env"
    else
        return 1
    fi
}

apt_install() {
    root=$(as_root) || fail "please run: sudo apt install $*"
    say "installing $* with apt (no service of this machine is started or enabled)"
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | $root tee /usr/sbin/policy-rc.d >/dev/null
        $root chmod 755 /usr/sbin/policy-rc.d
        trap '$root rm -f /usr/sbin/policy-rc.d' EXIT
        trap 'exit 130' INT TERM
    fi
    before=$(units)
    quietly $root DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update
    quietly $root DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@"
    for unit in $(units); do
        case " $before " in
            *" $unit "*) ;; # it was there before us: the machine's own business
            *) $root systemctl --quiet disable "$unit" >>"$log" 2>&1 || true ;;
        esac
    done
}

# Print the services that the packages bring along, as far as they are installed, on one line.
units() {
    command -v systemctl >/dev/null 2>&1 || return 0
    for unit in postgresql.service rabbitmq-server.service dovecot.service dovecot.socket epmd.service epmd.socket; do
        for folder in /lib/systemd/system /usr/lib/systemd/system; do
            if [ -e "$folder/$unit" ]; then
                printf '%s ' "$unit"
                break
            fi
        done
    done
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        command -v apt-get >/dev/null 2>&1 || fail "$python has no venv module: install it (python3-venv)"
        apt_install "python$version-venv"
    fi
    say "making .venv with $("$python" --version)"
    quietly "$python" -m venv --clear .venv
}

# What the packages were installed from; a moved or copied .venv does not work, so the place belongs to it.
wanted() { printf '%s\n' "$PWD"; cksum requirements.lock pyproject.toml; }

install_packages() {
    if [ -x .venv/bin/cam ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then
        return
    fi
    is_good_python .venv/bin/python && [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" -ef .venv ] &&
        .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
    say "installing the locked packages into .venv (about a minute)"
    rm -f "$stamp"
    quietly .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
    quietly .venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
    wanted >"$stamp"
}

missing_servers() { .venv/bin/python -c 'from console.servers.programs import missing; print(*missing())'; }

install_servers() {
    missing=$(missing_servers)
    [ -n "$missing" ] || return 0
    if command -v apt-get >/dev/null 2>&1; then
        apt_install $(packages postgresql rabbitmq-server "dovecot-imapd dovecot-lmtpd")
    elif command -v brew >/dev/null 2>&1; then
        say "installing PostgreSQL, RabbitMQ and Dovecot with Homebrew (nothing is started)"
        quietly env HOMEBREW_NO_AUTO_UPDATE=1 brew install $(packages postgresql@17 rabbitmq dovecot)
    else
        fail "please install PostgreSQL 15+, RabbitMQ 3.10+ and Dovecot with IMAP and LMTP, then try again"
    fi
    missing=$(missing_servers)
    [ -z "$missing" ] || fail "still not found: $missing"
}

# Print the packages for what is missing: packages <of PostgreSQL> <of RabbitMQ> <of Dovecot>
packages() {
    for name in $missing; do
        case $name in
            postgres) echo "$1" ;;
            rabbitmq-server) echo "$2" ;;
            dovecot) echo "$3" ;;
        esac
    done
}

install_packages
install_servers
