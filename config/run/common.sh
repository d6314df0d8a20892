# Words, waiting and locks: what every part of ./run uses. Sourced by ./run.
# shellcheck shell=bash

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' DIM=$'\e[2m' PLAIN=$'\e[0m' ON_TERMINAL=1
else
    BOLD='' RED='' GREEN='' DIM='' PLAIN='' ON_TERMINAL=''
fi

say() { printf '%s\n' "${BOLD}==>${PLAIN} $*"; }
note() { printf '%s\n' "    ${DIM}$*${PLAIN}"; }
good() { printf '%s\n' "    ${GREEN}ok${PLAIN}  $*"; }
bad() { printf '%s\n' "    ${RED}failed${PLAIN}  $*" >&2; }

# die "what went wrong" ["what to do about it"]
die() {
    printf '\n%s\n' "${RED}${BOLD}Stopped:${PLAIN} $1" >&2
    [[ -z ${2:-} ]] || printf '%s\n' "What to do: $2" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# hash of what comes in on stdin, short enough for a name
short_hash() { sha256sum | cut -c1-10; }

# with_lock NAME COMMAND...: two calls of ./run at once wait for each other instead of colliding
with_lock() {
    local name=$1 rc=0 fd
    shift
    mkdir -p "$LTC_HOME/run"
    exec {fd}>"$LTC_HOME/run/$name.lock"
    if ! flock -n "$fd"; then
        note "another ./run is busy with '$name', waiting for it"
        flock "$fd"
    fi
    # the lock is held by this shell alone: what the command starts and leaves running must not inherit it
    "$@" {fd}>&- || rc=$?
    exec {fd}>&-
    return $rc
}

# the last line of a log worth showing while one waits
_glimpse() {
    tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | sed -e 's/\x1b\[[0-9;]*m//g' -e '/^[[:space:]]*$/d' |
        sed -E -e 's/^[0-9-]+ [0-9:,]+ [0-9]+ (INFO|WARNING|ERROR) [^ ]+ //' | tail -n 1 | cut -c1-100
}

# watch LOG COMMAND...: run a long command with its output in LOG, show that it moves, give its exit code
watch_log() {
    local log=$1 pid rc=0 start=$SECONDS next=0 line='' every=20
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    WATCHED_PID=$pid
    [[ -z $ON_TERMINAL ]] || every=1
    while kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS - start >= next)) && ((SECONDS > start)); then
            next=$((SECONDS - start + every))
            line=$(_glimpse "$log")
            if [[ -n $ON_TERMINAL ]]; then
                printf '\r\e[K    %s%3ds  %s%s' "$DIM" $((SECONDS - start)) "$line" "$PLAIN"
            elif ((SECONDS - start >= 10)); then
                note "$((SECONDS - start))s  $line"
            fi
        fi
        sleep 0.2
    done
    wait "$pid" || rc=$?
    WATCHED_PID=''
    [[ -z $ON_TERMINAL ]] || printf '\r\e[K'
    return $rc
}

# step "what" LOGNAME "what to do when it fails" COMMAND...: a long step that must work
step() {
    local what=$1 log=$LTC_HOME/log/$2.log advice=$3 start=$SECONDS
    shift 3
    say "$what"
    if watch_log "$log" "$@"; then
        good "$((SECONDS - start)) s"
        return 0
    fi
    printf '%s\n' "    the end of ${log}:" >&2
    tail -n 15 "$log" | sed 's/^/    | /' >&2
    die "$what: this step failed." "$advice The whole output is in $log."
}

# the process and everything that it started
_family() {
    local child
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do _family "$child"; done
    echo "$1"
}

# end what a watched step left running when ./run itself is stopped: Odoo ends its work first, five seconds at most
_end_watched() {
    local family tries
    [[ -n ${WATCHED_PID:-} ]] || return 0
    mapfile -t family < <(_family "$WATCHED_PID")
    WATCHED_PID=''
    kill "${family[@]}" 2>/dev/null || true
    for ((tries = 0; tries < 50; tries++)); do
        kill -0 "${family[@]}" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "${family[@]}" 2>/dev/null || true
}
trap '_end_watched; exit 130' INT
trap '_end_watched; exit 143' TERM

# is somebody listening on this port of this machine?
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# a free port for a server of a test
free_port() {
    "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

is_running() { [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null; }
