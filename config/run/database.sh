# PostgreSQL, the layers of template databases, clones. Sourced by ./run.
#
#   layer 1  ltc_odoo_HASH       Odoo's own apps that the suite depends on, zh_CN loaded, no demo data
#            ltc_odoodemo_HASH   the same with Odoo's demo data (for ./run demo)
#   layer 2  ltc_suite_HASH      a clone of layer 1 with the six addons installed and the asset bundles made
#
# HASH is that of everything the layer is made of; layers of other hashes are dropped. Everything else is a clone.
# shellcheck shell=bash

# what the suite rests on from its first floor to its last; what the manifests name is added to it
ODOO_APPS=(crm sale_crm sale_management sale_margin portal account sale_stock sale_project)
# the first is the default of new users and partners
LANGUAGES=en_US,zh_CN

# --- the server -------------------------------------------------------------------------------------------------

# the folder with initdb, the newest; nothing when there is none
pg_bin_dir() {
    local found
    found=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
    [[ -n $found ]] || found=$(command -v initdb || true)
    [[ -z $found ]] || dirname "$(readlink -f "$found")"
}

# where the private cluster and its socket live (sets PG_DIR and PG_SOCKET)
locate_postgres() {
    local key owner=$EUID
    PG_OWNER=''
    key=$(printf '%s' "$LTC_HOME" | short_hash)
    PG_DIR=$LTC_HOME/pg
    if ((EUID == 0)); then
        PG_OWNER=postgres
        owner=$(id -u postgres 2>/dev/null) || return 0
        # a checkout below /root, say, is out of reach for the server's user
        if [[ ! -d $PG_DIR/data ]] && ! (cd / && as_postgres test -x "$LTC_HOME") 2>/dev/null; then
            PG_DIR=/var/tmp/ltc-$key
        fi
    fi
    PG_SOCKET=$PG_DIR/socket
    # the name of a Unix socket has at most 107 bytes
    if (($(printf '%s/.s.PGSQL.5432' "$PG_SOCKET" | wc -c) > 107)); then
        PG_SOCKET=/tmp/ltc-$key
        ((EUID == 0)) || [[ ! -w ${XDG_RUNTIME_DIR:-} ]] || PG_SOCKET=$XDG_RUNTIME_DIR/ltc-$key
    fi
    [[ ! -e $PG_SOCKET ]] || [[ $(stat -c %u "$PG_SOCKET") == "$owner" ]] ||
        die "$PG_SOCKET belongs to somebody else." "remove it, or move the checkout to a shorter path."
}

as_postgres() {
    if [[ -n $PG_OWNER ]]; then runuser -u "$PG_OWNER" -- "$@"; else "$@"; fi
}

setup_postgres() {
    unset PGDATABASE PGDATABASE_TEMPLATE
    if [[ -n $PGHOST_GIVEN ]]; then
        psql -d postgres -qAtc 'SELECT 1' >/dev/null 2>"$LTC_HOME/log/postgres-given.log" ||
            die "the PostgreSQL server that PGHOST=$PGHOST names does not answer: $(<"$LTC_HOME/log/postgres-given.log")" \
                "check PGHOST, PGPORT, PGUSER, PGPASSWORD (a user with CREATEDB, not 'postgres'), or unset PGHOST."
        return 0
    fi
    PG_BIN=$(pg_bin_dir)
    [[ -n $PG_BIN ]] || die "PostgreSQL's programs are not there." "apt-get install postgresql"
    PATH=$PG_BIN:$PATH
    locate_postgres
    export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=odoo
    pg_isready -q || with_lock postgres start_postgres
}

start_postgres() {
    local owner=$EUID mode=700
    ! pg_isready -q || return 0
    [[ -z $PG_OWNER ]] || owner=$(id -u "$PG_OWNER")
    mkdir -p "$PG_DIR"
    [[ -d $PG_SOCKET ]] || mkdir -m $mode "$PG_SOCKET"
    ((EUID != 0)) || chown "$owner" "$PG_DIR" "$PG_SOCKET"
    [[ -s $PG_DIR/data/PG_VERSION ]] ||
        step "PostgreSQL: a private cluster for development in $(pretty "$PG_DIR")" initdb "see the message above." init_postgres
    [[ $PG_BIN == *"/$(<"$PG_DIR/data/PG_VERSION")/"* || ! -d /usr/lib/postgresql/$(<"$PG_DIR/data/PG_VERSION")/bin ]] ||
        PG_BIN=/usr/lib/postgresql/$(<"$PG_DIR/data/PG_VERSION")/bin
    step "PostgreSQL: starting the private cluster (Unix socket only)" postgres-start \
        "read $PG_DIR/server.log; './run stop' and 'rm -rf $PG_DIR' begin anew (the databases in it are lost)." \
        in_folder / as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/server.log" -w -t 60 start
}

pretty() { printf '%s' "${1/#"$ROOT/"/}"; }

init_postgres() {
    local memory
    cd / || return 1
    as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -U odoo -A trust --no-sync --encoding=UTF8 --locale=C.UTF-8 || return 1
    memory=$(awk '/^MemTotal/ {m = int($2 / 1024 / 8); print (m > 1024 ? 1024 : m)}' /proc/meminfo)
    as_postgres tee -a "$PG_DIR/data/postgresql.conf" >/dev/null <<CONF

# --- a cluster for development and tests: nothing in it is worth surviving a power cut ---
listen_addresses = ''                       # no TCP at all
unix_socket_directories = '$PG_SOCKET'
unix_socket_permissions = 0700              # its owner and root
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 30min
shared_buffers = ${memory}MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_connections = 200
jit = off                                   # it triples Odoo's short analytic statements
random_page_cost = 1.1
log_min_messages = fatal
log_min_error_statement = panic             # errors of SQL are Odoo's to report
CONF
}

stop_postgres() {
    [[ -z $PGHOST_GIVEN ]] || return 0
    PG_BIN=$(pg_bin_dir)
    [[ -n $PG_BIN ]] || return 0
    locate_postgres
    [[ -s $PG_DIR/data/postmaster.pid ]] || return 0
    (cd / && as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w stop >/dev/null) || return 0
    good "PostgreSQL stopped"
}

sql() { psql -d postgres -qAtX -v ON_ERROR_STOP=1 -c "$1"; }

db_exists() { [[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }

check_db_name() {
    [[ $1 =~ ^[a-z][a-z0-9_]{1,50}$ ]] || die "'$1' is no name for a database." "small letters, digits and underscores."
}

drop_db() {
    check_db_name "$1"
    if db_exists "$1"; then
        psql -d postgres -qAtX -c "ALTER DATABASE \"$1\" IS_TEMPLATE false" >/dev/null || return 1
        dropdb --force --if-exists "$1" || return 1
    fi
    rm -rf "$LTC_HOME/data/filestore/$1"
}

# clone_db TEMPLATE NAME: 1-2 seconds
clone_db() {
    drop_db "$2" || return 1
    createdb -T "$1" "$2" || return 1
    if [[ -d $LTC_HOME/data/filestore/$1 ]]; then
        # files there never change once written: links are copies
        cp -al "$LTC_HOME/data/filestore/$1" "$LTC_HOME/data/filestore/$2" 2>/dev/null ||
            cp -a "$LTC_HOME/data/filestore/$1" "$LTC_HOME/data/filestore/$2"
    fi
}

# rename a finished database and close it to connections, so that it can always be cloned
seal_template() {
    local building=$1 name=$2
    drop_db "$name" || return 1
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$building'" >/dev/null
    sql "ALTER DATABASE \"$building\" RENAME TO \"$name\"" || return 1
    [[ ! -d $LTC_HOME/data/filestore/$building ]] ||
        mv "$LTC_HOME/data/filestore/$building" "$LTC_HOME/data/filestore/$name"
    psql -d "$name" -qAtX -c 'VACUUM ANALYZE' >/dev/null || return 1
    sql "ALTER DATABASE \"$name\" IS_TEMPLATE true" && sql "ALTER DATABASE \"$name\" ALLOW_CONNECTIONS false"
}

# drop_others PREFIX KEEP: layers of an older state
drop_others() {
    local name
    for name in $(sql "SELECT datname FROM pg_database WHERE datname ~ '^$1_[0-9a-f]{10}\$' AND datname != '$2'"); do
        note "dropping $name, of an older state"
        drop_db "$name" || true
    done
}

# --- Odoo's configuration ---------------------------------------------------------------------------------------

addons_path() {
    local path='' folder
    for folder in "$ADDONS" $ODOO_ADDONS; do
        ! compgen -G "$folder/*/__manifest__.py" >/dev/null || path+=${path:+,}$folder
    done
    printf '%s' "$path"
}

# .ltc/run/odoo.conf and test.conf: config/odoo.conf with the paths of this checkout
write_conf() {
    local path key=''
    path=$(addons_path)
    # another folder of addons or another Odoo: files of its own, nobody else's are overwritten
    [[ -z ${LTC_ADDONS:-}${ODOO_HOME:-} && $LTC_HOME -ef $ROOT/.ltc ]] || key=-$(printf '%s %s' "$ADDONS" "$ODOO_PATH" | short_hash)
    TEST_CONF=$LTC_HOME/run/test$key.conf
    export ODOO_RC=$LTC_HOME/run/odoo$key.conf
    _write_conf "$ODOO_RC" ''
    _write_conf "$TEST_CONF" "s/^max_cron_threads *=.*/max_cron_threads = 0/; s/^workers *=.*/workers = 0/"
}

_write_conf() {
    local target=$1 new
    new=$(
        sed -E "$2" "$CONFIG/odoo.conf"
        printf '\n; --- the paths of this checkout, written by ./run ---\n'
        [[ -z $path ]] || printf 'addons_path = %s\n' "$path"
        printf 'data_dir = %s\nscreenshots = %s\n' "$LTC_HOME/data" "$LTC_HOME/log/screenshots"
    )
    [[ -f $target && $(<"$target") == "$new" ]] || printf '%s\n' "$new" >"$target"
}

odoo() { "$LTC_HOME/venv/bin/odoo" "$@"; }

# the names of the suite's addons that are there, lowest floor first
suite_addons() {
    local name
    for name in "${SUITE[@]}"; do
        [[ ! -f $ADDONS/$name/__manifest__.py ]] || echo "$name"
    done
}

comma() { local IFS=,; printf '%s' "$*"; }

suite_list() { suite_addons | paste -sd, -; }

# --- the layers -------------------------------------------------------------------------------------------------

# Odoo's apps of layer 1: the fixed ones and those that the manifests of the suite name
odoo_apps() {
    python_base "$CONFIG/run/depends.py" "$ADDONS" "$ODOO_SOURCE/addons${ODOO_ADDONS:+:$ODOO_ADDONS}" "${ODOO_APPS[@]}"
}

python_base() { "$PYTHON" -B "$@"; }

odoo_version_key() {
    if [[ -f $LTC_HOME/run/odoo.stamp && -z ${ODOO_HOME:-} ]]; then
        cat "$LTC_HOME/run/odoo.stamp"
    else
        printf '%s %s' "$ODOO_PATH" "$(stat -c %Y "$ODOO_SOURCE/release.py")"
    fi
}

layer1_name() {
    local kind=${1:-odoo}
    printf 'ltc_%s_%s' "$kind" "$({ odoo_apps; odoo_version_key; echo "$LANGUAGES 1"; } | short_hash)"
}

# everything that installation depends on: not the tests, not the texts for people
suite_hash() {
    {
        layer1_name
        cd "$ADDONS" 2>/dev/null && find . -type f \
            \( -path '*/__pycache__/*' -o -path './*/tests/*' -o -name '*.md' -o -name '*.rst' -o -name 'pyproject.toml' \
            -o -path '*/static/description/*' -o -path '*/dist/*' -o -name '.*' \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0 -r sha256sum
    } | short_hash
}

layer2_name() { printf 'ltc_suite_%s' "$(suite_hash)"; }

# ensure_layer1 [odoo|odoodemo]: sets LAYER1
# shellcheck disable=SC2120
ensure_layer1() {
    local kind=${1:-odoo}
    LAYER1=$(layer1_name "$kind")
    db_exists "$LAYER1" || with_lock "layer-$kind" build_layer1 "$kind" "$LAYER1"
}

build_layer1() {
    local kind=$1 name=$2 building=ltc_building_$1 demo=() apps
    ! db_exists "$name" || return 0
    [[ $kind != odoodemo ]] || demo=(--with-demo)
    drop_db "$building"
    local what="Odoo's own apps"
    [[ $kind != odoodemo ]] || what+=" with their demo data"
    apps=$(odoo_apps | paste -sd, -)
    step "database layer 1: $what ($apps; once, 1-3 minutes)" "layer-$kind" \
        "read the log; './run stop' and a second try help when the machine was interrupted." \
        install_checked "$building" "$apps" "$LTC_HOME/log/layer-$kind.log" \
        --load-language="$LANGUAGES" "${demo[@]}"
    seal_template "$building" "$name" || die "the finished database could not be made a template."
    drop_others "ltc_$kind" "$name"
}

# install_checked DB MODULES LOG [OPTIONS]: install, and fail when Odoo did or when its log holds a warning
install_checked() {
    local db=$1 modules=$2 log=$3
    shift 3
    odoo -d "$db" -i "$modules" --stop-after-init --no-http --max-cron-threads=0 "$@" || return 1
    # one line more, so that the log is complete before it is read
    sync "$log" 2>/dev/null || true
    python_base "$CONFIG/run/checklog.py" "$log"
}

# sets LAYER2
ensure_layer2() {
    LAYER2=$(layer2_name)
    db_exists "$LAYER2" && return 0
    ensure_layer1
    with_lock layer-suite build_layer2 "$LAYER2"
}

build_layer2() {
    local name=$1 building=ltc_building_suite
    ! db_exists "$name" || return 0
    [[ -n $(suite_addons) ]] || die "there is no addon of the suite in $ADDONS."
    say "database layer 2: a clone of layer 1"
    clone_db "$LAYER1" "$building" || die "layer 1 could not be cloned."
    step "database layer 2: installing $(suite_list)" layer-suite "read the log: an addon does not install." \
        install_checked "$building" "$(suite_list)" "$LTC_HOME/log/layer-suite.log"
    step "database layer 2: making the asset bundles" layer-assets "read the log: a style or a script is broken." \
        make_assets "$building"
    seal_template "$building" "$name" || die "the finished database could not be made a template."
    drop_others ltc_suite "$name"
}

make_assets() {
    odoo shell -d "$1" --no-http --log-level=warn \
        <<<"env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit(); print('made')"
}
