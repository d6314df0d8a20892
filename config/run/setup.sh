# Setting up what is missing: Debian packages, Odoo 19, the virtual environment. Sourced by ./run.
# Every part is skipped in a few milliseconds when its stamp in .ltc/run says that it is done.
# shellcheck shell=bash

ODOO_SERIES=19.0

# stamped NAME VALUE: is NAME done for exactly this VALUE?
stamped() { [[ -f $LTC_HOME/run/$1.stamp && $(<"$LTC_HOME/run/$1.stamp") == "$2" ]]; }
stamp() { mkdir -p "$LTC_HOME/run" && printf '%s\n' "$2" >"$LTC_HOME/run/$1.stamp"; }

setup() {
    mkdir -p "$LTC_HOME"/{log,run,data}
    setup_debian
    setup_odoo
    setup_python
}

# --- Debian packages --------------------------------------------------------------------------------------------

# as root, or asking for it
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif have sudo; then
        sudo -- "$@"
    else
        die "this step needs root and there is no sudo: $*" "run it as root, then call ./run again."
    fi
}

# prints the packages that are missing, one per line
missing_packages() {
    [[ -n ${PGHOST_GIVEN:-} ]] || [[ -n $(pg_bin_dir) ]] || echo postgresql
    [[ -z ${PGHOST_GIVEN:-} ]] || have psql || echo postgresql-client
    have chromium || have google-chrome || have chromium-browser || echo chromium
    have wkhtmltopdf || echo wkhtmltopdf
    [[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]] || echo fonts-noto-cjk
    [[ -e /etc/mime.types ]] || echo media-types
    [[ -x $PYTHON || -n $(find_python) ]] || { echo python3; echo python3-venv; }
    have git || echo git
    [[ -n $(find /usr/lib/*-linux-gnu /lib/*-linux-gnu -maxdepth 1 -name 'libmagic.so.1' -print -quit 2>/dev/null) ]] ||
        echo libmagic1
}

setup_debian() {
    local missing
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]})) || return 0
    have apt-get || die "these programs are missing: ${missing[*]}" \
        "install them with the package manager of your system (names as in Debian) and call ./run again."
    say "Debian packages that are missing here: ${missing[*]}"
    with_lock apt install_debian "${missing[@]}"
    hash -r
}

install_debian() {
    local keep_cluster=/etc/postgresql-common/createcluster.d/ltc-no-main-cluster.conf rc=0
    ((EUID == 0)) || note "apt-get needs root: sudo may ask for your password"
    ((EUID == 0)) || sudo -v || die "sudo was refused." "install these packages as root: $*"
    step "reading the package lists (apt-get update)" apt-update "check the network and /etc/apt." \
        as_root apt-get -q update
    # a private cluster is enough: do not let Debian start another server for all users
    if [[ " $* " == *" postgresql "* && ! -e /etc/postgresql-common ]]; then
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo 'create_main_cluster = false' | as_root tee "$keep_cluster" >/dev/null
    fi
    step "installing them (apt-get install, nothing is removed)" apt-install \
        "read the message of apt above; 'apt-get -f install' mends a half-done installation." \
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-remove \
        -o Dpkg::Options::=--force-confold install --no-install-recommends "$@" || rc=$?
    [[ ! -e $keep_cluster ]] || as_root rm -f "$keep_cluster"
    return $rc
}

# --- Odoo 19 ----------------------------------------------------------------------------------------------------

# sets ODOO_PATH (the folder that holds the package `odoo`) and ODOO_ADDONS (more addons folders, or nothing)
# shellcheck disable=SC2034  # database.sh uses ODOO_ADDONS
locate_odoo() {
    local home
    ODOO_ADDONS=''
    if [[ -n ${ODOO_HOME:-} ]]; then
        home=$(cd "$ODOO_HOME" 2>/dev/null && pwd) || die "ODOO_HOME=$ODOO_HOME is no folder." \
            "point it at an Odoo $ODOO_SERIES source tree, or unset it to let ./run fetch one."
        if [[ -f $home/odoo/release.py ]]; then
            ODOO_PATH=$home
        elif [[ -f $home/release.py ]]; then
            ODOO_PATH=$(dirname "$home")
        else
            die "ODOO_HOME=$ODOO_HOME holds no Odoo (no odoo/release.py)." \
                "point it at an Odoo $ODOO_SERIES source tree, or unset it to let ./run fetch one."
        fi
        [[ ! -d $ODOO_PATH/addons/web ]] || ODOO_ADDONS=$ODOO_PATH/addons
        grep -q 'version_info = (19, 0' "$ODOO_PATH/odoo/release.py" ||
            die "the Odoo in ODOO_HOME=$ODOO_HOME is not $ODOO_SERIES." "the suite is written for Odoo $ODOO_SERIES."
    else
        ODOO_PATH=$LTC_HOME/odoo/usr/lib/python3/dist-packages
    fi
    ODOO_SOURCE=$ODOO_PATH/odoo
}

setup_odoo() {
    locate_odoo
    [[ -z ${ODOO_HOME:-} ]] || return 0
    [[ -f $LTC_HOME/run/odoo.stamp && -f $ODOO_SOURCE/release.py ]] || with_lock odoo fetch_odoo
}

debian_mirror() {
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null |
        grep -v security | head -n 1
}

# what Odoo's static files link to in other Debian packages, taken from the machine's own suite
ODOO_LINKED=(libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-roboto-unhinted
    fonts-inconsolata fonts-ocr-b fonts-glyphicons-halflings)

fetch_odoo() {
    local work=$LTC_HOME/odoo.new mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [[ ! -f $LTC_HOME/run/odoo.stamp || ! -f $ODOO_SOURCE/release.py ]] || return 0
    have apt-get && have dpkg-deb || die "Odoo is fetched with apt, and this machine has none." \
        "set ODOO_HOME to an Odoo $ODOO_SERIES source tree."
    [[ -f $keyring ]] || die "Debian's archive keys are missing ($keyring)." "apt-get install debian-archive-keyring"
    mirror=$(debian_mirror)
    if [[ -z $mirror ]]; then
        step "reading the package lists (apt-get update)" apt-update "check the network and /etc/apt." \
            as_root apt-get -q update
        mirror=$(debian_mirror)
    fi
    [[ -n $mirror ]] || die "apt on this machine knows no Debian mirror." "set ODOO_HOME to an Odoo $ODOO_SERIES tree."
    rm -rf "$work"
    mkdir -p "$work"/{apt/lists/partial,apt/cache/archives/partial,packages,root}
    printf 'deb [signed-by=%s] %s sid main\n' "$keyring" "$mirror" >"$work/apt/sources.list"
    local private=(-q -o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o "APT::Sandbox::User=$(id -un)"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    local retry="check the network, then call ./run again; nothing on the system was changed. Or set ODOO_HOME."
    step "Odoo $ODOO_SERIES: reading Debian's index (a private one, 11 MB; apt checks its signature)" odoo-index \
        "$retry" apt-get "${private[@]}" update
    step "Odoo $ODOO_SERIES: downloading the package (123 MB)" odoo-download "$retry" \
        in_folder "$work/packages" apt-get "${private[@]}" download odoo-19 fonts-montserrat
    step "Odoo $ODOO_SERIES: downloading the fonts and scripts it links to" odoo-links "$retry" download_linked "$work"
    step "Odoo $ODOO_SERIES: unpacking into .ltc/odoo (1.2 GB, nothing is installed)" odoo-unpack \
        "is there room on the disk?" unpack_odoo "$work"
    grep -q 'version_info = (19, 0' "$work/root/usr/lib/python3/dist-packages/odoo/release.py" ||
        die "the package downloaded is not Odoo $ODOO_SERIES." "set ODOO_HOME to an Odoo $ODOO_SERIES source tree."
    rm -rf "$LTC_HOME/odoo"
    mv "$work/root" "$LTC_HOME/odoo"
    stamp odoo "$(basename "$work"/packages/odoo-19_*.deb)"
    rm -rf "$work"
}

in_folder() { cd "$1" && shift && "$@"; }

download_linked() {
    cd "$1/packages" || return 1
    apt-get -q -o "APT::Sandbox::User=$(id -un)" download "${ODOO_LINKED[@]}" && return 0
    # the machine's own lists may be empty or old
    as_root apt-get -q update && apt-get -q -o "APT::Sandbox::User=$(id -un)" download "${ODOO_LINKED[@]}"
}

unpack_odoo() {
    local package dangling missing
    for package in "$1"/packages/*.deb; do
        echo "unpacking $(basename "$package")"
        dpkg-deb -x "$package" "$1/root" || return 1
    done
    # Debian strips this one (camera blur in calls); while the bundle names a missing file every browser tour fails
    missing=$1/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [[ -e $missing ]] || { mkdir -p "$(dirname "$missing")" && : >"$missing"; }
    dangling=$(find "$1/root" -xtype l)
    if [[ -n $dangling ]]; then
        printf 'these links lead nowhere:\n%s\n' "$dangling"
        return 1
    fi
}

# --- Python -----------------------------------------------------------------------------------------------------

# the first Python >= 3.10 of the machine that can make a virtual environment
find_python() {
    local candidate
    for candidate in ${LTC_PYTHON:-} python3 /usr/bin/python3 python3.12 python3.11 python3.10; do
        "$candidate" -c '
import ensurepip, sys, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; print(sys.executable)'
        return 0
    done
}

setup_python() {
    local want
    want=$(cat "$CONFIG/requirements.txt" "$CONFIG/requirements-dev.txt" - <<<"$ODOO_PATH" | short_hash)
    stamped venv "$want" && [[ -x $PYTHON ]] || with_lock venv make_venv "$want"
}

make_venv() {
    local python
    ! stamped venv "$1" || [[ ! -x $PYTHON ]] || return 0
    python=$(find_python)
    [[ -n $python ]] || die "no Python 3.10 to 3.13 with venv was found." "apt-get install python3-venv"
    if [[ ! -x $PYTHON ]]; then
        step "Python: a virtual environment in .ltc/venv ($("$python" -V))" venv "apt-get install python3-venv" \
            "$python" -m venv --clear "$LTC_HOME/venv"
    fi
    step "Python: the pinned packages of config/requirements.txt and requirements-dev.txt" pip \
        "check the network, then call ./run again." \
        "$PYTHON" -m pip install --disable-pip-version-check --prefer-binary --no-input --progress-bar off \
        -r "$CONFIG/requirements.txt" -r "$CONFIG/requirements-dev.txt"
    # Odoo is not installed but found; `odoo` and `odoo.addons` are namespace packages
    local site
    site=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$ODOO_PATH" >"$site/odoo-of-ltc.pth"
    printf '#!%s\n%s\n' "$PYTHON" 'import odoo.cli; odoo.cli.main()' >"$LTC_HOME/venv/bin/odoo"
    chmod +x "$LTC_HOME/venv/bin/odoo"
    stamp venv "$1"
}
