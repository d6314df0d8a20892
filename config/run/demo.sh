# ./run demo: the suite with its demo data on this machine; ./run stop. Sourced by ./run.
# shellcheck shell=bash

DEMO_DB=ltc_demo
DEMO_USERS=(
    "ltc_sales       the salesperson: leads, opportunities, quotations"
    "ltc_manager     the sales manager: decides gates of the first level"
    "ltc_presales    presales: solution and cost"
    "ltc_delivery    delivery: handover, transfers, milestones, acceptance"
    "ltc_finance     commercial and finance reviewer: opinions, invoices, payments"
    "ltc_legal       legal: contracts"
    "ltc_collector   the collector: due items and reminders"
    "ltc_operations  sales operations: the whole process, its rules and its figures"
    "admin           the administrator"
)

cmd_demo() {
    local fresh='' background='' arg
    for arg in "$@"; do
        case $arg in
            --fresh) fresh=1 ;;
            --background) background=1 ;;
            *) die "./run demo knows no '$arg'." "./run demo [--fresh] [--background]" ;;
        esac
    done
    prepare
    [[ -n $(suite_addons) ]] || die "there is no addon of the suite in $ADDONS."
    LTC_PORT=${LTC_PORT:-8069}
    local state
    state=$(suite_hash)
    if is_running "$(server_pid)"; then
        if [[ -z $fresh && $(demo_state) == "$state" ]]; then
            say "the demo runs already (process $(server_pid))"
            show_demo "$(<"$LTC_HOME/run/demo.port")"
            note "./run stop ends it"
            return 0
        fi
        say "stopping the demo that runs, to renew its database"
        stop_server
    fi
    port_taken "$LTC_PORT" && die "another program listens on port $LTC_PORT already." \
        "end it, or choose another port: LTC_PORT=$((LTC_PORT + 10)) ./run demo"
    with_lock demo ready_demo_db "$fresh" "$state"
    start_demo "$background"
}

demo_state() { cat "$LTC_HOME/run/demo.state" 2>/dev/null || true; }

# the database as it must be: made anew, updated, or left alone
ready_demo_db() {
    local fresh=$1 state=$2
    if [[ -n $fresh ]] || ! db_exists $DEMO_DB || [[ ! -f $LTC_HOME/run/demo.state ]]; then
        rm -f "$LTC_HOME/run/demo.state"
        ensure_layer1 odoodemo
        say "database $DEMO_DB: a clone of Odoo's apps with their demo data"
        clone_db "$LAYER1" $DEMO_DB || die "layer 1 could not be cloned."
        step "database $DEMO_DB: installing $(suite_list) with demo data (1-3 minutes)" demo-install \
            "read the log: an addon does not install." \
            install_checked $DEMO_DB "$(suite_list)" "$LTC_HOME/log/demo-install.log" --with-demo
        step "database $DEMO_DB: making the asset bundles, so that the first page comes at once" demo-assets \
            "read the log: a style or a script is broken." make_assets $DEMO_DB
    elif [[ $(demo_state) != "$state" ]]; then
        say "the addons have changed since $DEMO_DB was made: updating them, the data is kept"
        step "database $DEMO_DB: updating $(suite_list)" demo-update \
            "read the log: an addon does not update. './run demo --fresh' makes the database anew." \
            install_checked $DEMO_DB "$(suite_list)" "$LTC_HOME/log/demo-update.log" -u "$(suite_list)"
    else
        say "database $DEMO_DB is up to date, its data is kept"
    fi
    printf '%s\n' "$state" >"$LTC_HOME/run/demo.state"
}

show_demo() {
    printf '\n    %s\n\n' "${BOLD}http://localhost:$1${PLAIN}"
    printf '    log in with one of these names; the password is the same word:\n'
    printf '      %s\n' "${DEMO_USERS[@]}"
    printf '    languages: English and Chinese (in the user'\''s preferences)\n\n'
}

start_demo() {
    local background=$1 log=$LTC_HOME/log/demo.log pid
    local command=("$LTC_HOME/venv/bin/odoo" -d "$DEMO_DB" --db-filter "^$DEMO_DB\$" --http-interface=127.0.0.1
        --http-port="$LTC_PORT" --pidfile="$LTC_HOME/run/demo.pid")
    printf '%s\n' "$LTC_PORT" >"$LTC_HOME/run/demo.port"
    if [[ -z $background ]]; then
        show_demo "$LTC_PORT"
        note "Ctrl-C stops it"
        exec "${command[@]}"
    fi
    setsid nohup "${command[@]}" >"$log" 2>&1 </dev/null &
    pid=$!
    disown "$pid"
    say "starting Odoo (process $pid, log $(pretty "$log"))"
    wait_for_server "$LTC_PORT" "$pid" || {
        tail -n 15 "$log" | sed 's/^/    | /' >&2
        die "Odoo did not start." "read $log"
    }
    show_demo "$LTC_PORT"
    note "./run stop ends it"
}

# wait_for_server PORT PID: up to two minutes
wait_for_server() {
    local tries
    for ((tries = 0; tries < 240; tries++)); do
        is_running "$2" || return 1
        # the port opens before the registry is loaded: ask for a page
        "$PYTHON" -c "
import sys, urllib.request
urllib.request.urlopen('http://127.0.0.1:$1/web/login', timeout=60).read()" 2>/dev/null && return 0
        sleep 0.5
    done
    return 1
}

# the process of the demo, when it is one: a pid from a file may by now belong to somebody else
server_pid() {
    local pid
    pid=$(cat "$LTC_HOME/run/demo.pid" 2>/dev/null || true)
    [[ -n $pid && -r /proc/$pid/cmdline ]] || return 0
    ! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$LTC_HOME/run/demo.pid" || printf '%s' "$pid"
}

stop_server() {
    local pid tries
    pid=$(server_pid)
    [[ -n $pid ]] || return 0
    kill "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
        is_running "$pid" || break
        sleep 0.1
    done
    ! is_running "$pid" || kill -9 "$pid" 2>/dev/null || true
    rm -f "$LTC_HOME/run/demo.pid"
    good "the demo server (process $pid) stopped"
}

cmd_stop() {
    local others
    [[ -z ${1:-} || $1 == --all ]] || die "./run stop knows no '$1'." "./run stop [--all]"
    [[ -n $PGHOST_GIVEN ]] || locate_postgres
    stop_server
    if [[ -z ${1:-} && -z $PGHOST_GIVEN && -S $PG_SOCKET/.s.PGSQL.5432 ]]; then
        others=$(PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=odoo psql -d postgres -qAtXc "SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid != pg_backend_pid()" 2>/dev/null || true)
        if ((${others:-0})); then
            note "PostgreSQL still serves $others connection(s) and goes on; './run stop --all' ends it all the same"
            return 0
        fi
    fi
    stop_postgres
}
