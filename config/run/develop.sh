# The daily commands of a developer. Sourced by ./run.
# shellcheck shell=bash

cmd_setup() {
    prepare
    ensure_layer1
    good "ready: Odoo in $(pretty "$ODOO_PATH"), database layer 1 is $LAYER1"
}

# ./run db NAME [--demo] [--fresh] [ADDON...]: a database of one's own
cmd_db() {
    local kind=odoo fresh='' name='' addons=() arg
    for arg in "$@"; do
        case $arg in
            --demo) kind=odoodemo ;;
            --fresh) fresh=1 ;;
            -*) die "./run db knows no '$arg'." "./run db NAME [--demo] [--fresh] [ADDON...]" ;;
            *) if [[ -z $name ]]; then name=$arg; else addons+=("$arg"); fi ;;
        esac
    done
    [[ -n $name ]] || die "which database?" "./run db NAME [--demo] [--fresh] [ADDON...]"
    check_db_name "$name"
    prepare
    ((${#addons[@]})) || mapfile -t addons < <(suite_addons)
    if [[ -n $fresh ]] || ! db_exists "$name"; then
        ensure_layer1 "$kind"
        say "database $name: a clone of layer 1 ($LAYER1)"
        clone_db "$LAYER1" "$name" || die "layer 1 could not be cloned."
    fi
    ((${#addons[@]})) || { note "no addon to install"; return 0; }
    local list
    list=$(comma "${addons[@]}")
    # -i installs what is new, -u loads anew what is there: each leaves alone what the other is for
    step "database $name: installing or updating $list" "db-$name" "read the log: an addon does not load." \
        install_checked "$name" "$list" "$LTC_HOME/log/db-$name.log" -u "$list"
    note "start it: ./run odoo -- -d $name -p 8070      look into it: ./run shell $name, ./run psql $name"
}

# ./run update ADDON[,ADDON...] [DB]
cmd_update() {
    (($#)) || die "which addon?" "./run update ADDON [DB]"
    local db=${2:-$DEMO_DB} list=$1
    prepare
    need_db "$db"
    [[ $list != all ]] || list=$(suite_list)
    step "database $db: updating $list" "update-$db" "read the log: an addon does not load." \
        install_checked "$db" "$list" "$LTC_HOME/log/update-$db.log" -u "$list"
    [[ $db != "$DEMO_DB" ]] || ! is_running "$(server_pid)" || note "the demo that runs takes new Python code after './run stop' and './run demo'"
}

need_db() { db_exists "$1" || die "there is no database $1." "./run demo makes ltc_demo, ./run db NAME any other."; }

# ./run odoo -- ARGS
cmd_odoo() {
    [[ ${1:-} != -- ]] || shift
    prepare
    exec "$LTC_HOME/venv/bin/odoo" "$@"
}

cmd_shell() {
    prepare
    need_db "${1:-$DEMO_DB}"
    exec "$LTC_HOME/venv/bin/odoo" shell -d "${1:-$DEMO_DB}" --no-http --log-level=warn "${@:2}"
}

cmd_psql() {
    prepare
    exec psql -d "${1:-$DEMO_DB}" "${@:2}"
}

# --- translations -----------------------------------------------------------------------------------------------

# ./run i18n [ADDON...]: export the templates, merge them into zh_CN.po, tell what is not translated
cmd_i18n() {
    prepare
    local addons=("$@") db=ltc_i18n_$$ rc=0
    ((${#addons[@]})) || mapfile -t addons < <(suite_addons)
    ensure_layer2
    clone_db "$LAYER2" "$db" || die "layer 2 could not be cloned."
    rm -rf "$LTC_HOME/run/i18n"
    mkdir -p "$LTC_HOME/run/i18n"
    say "exporting the templates of ${addons[*]}"
    local addon
    for addon in "${addons[@]}"; do
        odoo i18n export -d "$db" -l pot -o "$LTC_HOME/run/i18n/$addon.po" "$addon" >"$LTC_HOME/log/i18n.log" 2>&1 ||
            { drop_db "$db"; die "the export of $addon failed." "read $LTC_HOME/log/i18n.log"; }
    done
    drop_db "$db"
    "$PYTHON" -B "$CONFIG/run/i18n.py" "$LTC_HOME/run/i18n" "$ADDONS" "$(odoo_modules)" zh_CN "${addons[@]}" || rc=$?
    return $rc
}

# the folder with Odoo's modules
odoo_modules() { if [[ -n $ODOO_ADDONS ]]; then printf '%s' "$ODOO_ADDONS"; else printf '%s' "$ODOO_SOURCE/addons"; fi; }

# --- figures ----------------------------------------------------------------------------------------------------

# ./run bench [NAME [ARGS]]: tests/benchmarks/bench_NAME.py, given two databases: plain Odoo and the suite
cmd_bench() {
    local folder=$ROOT/tests/benchmarks name=${1:-} script plain=ltc_bench_plain_$$ suite=ltc_bench_suite_$$ rc=0
    script=$folder/bench_$name.py
    if [[ -z $name || ! -f $script ]]; then
        [[ -z $name ]] || bad "there is no benchmark '$name'"
        list_benchmarks "$folder"
        [[ -z $name ]]
        return
    fi
    shift
    prepare
    ensure_layer1
    ensure_layer2
    say "bench $name: two clones, plain Odoo ($LAYER1) and the suite ($LAYER2)"
    TEST_DBS+=("$plain" "$suite")
    trap clean_up_tests EXIT
    clone_db "$LAYER1" "$plain" && clone_db "$LAYER2" "$suite" || die "the layers could not be cloned."
    mkdir -p "$LTC_HOME/bench"
    ODOO_RC='' "$PYTHON" -B "$script" --config "$TEST_CONF" --plain "$plain" --suite "$suite" \
        --json "$LTC_HOME/bench/$name.json" "$@" || rc=$?
    note "the figures: $(pretty "$LTC_HOME/bench/$name.json")"
    return $rc
}

list_benchmarks() {
    local file name
    say "benchmarks: ./run bench NAME"
    for file in "$1"/bench_*.py; do
        [[ -f $file ]] || { note "none yet"; break; }
        name=${file##*/bench_}
        note "$(printf '%-16s %s' "${name%.py}" "$(sed -n -E 's/^"""([^"]+).*/\1/p' "$file" | head -n 1)")"
    done
}

# --- a look at a page -------------------------------------------------------------------------------------------

# ./run screenshot ROLE URL FILE [--lang zh_CN] [--size 1440x900] [--full]
cmd_screenshot() {
    (($# >= 3)) || die "who looks at what, and where does the picture go?" \
        "./run screenshot ROLE URL FILE [--lang zh_CN] [--size 1440x900] [--full] [--wait SELECTOR]"
    setup
    local port=${LTC_PORT:-}
    [[ -n $port ]] || port=$(cat "$LTC_HOME/run/demo.port" 2>/dev/null || echo 8069)
    port_taken "$port" || die "no Odoo listens on port $port." "./run demo --background"
    "$PYTHON" -B "$CONFIG/run/screenshot.py" --base "http://localhost:$port" "$@"
}

# --- wheels -----------------------------------------------------------------------------------------------------

# ./run wheels [ADDON...]: a wheel per addon in .ltc/dist, of the files that git knows or would take
cmd_wheels() {
    setup
    local addons=("$@") addon
    ((${#addons[@]})) || mapfile -t addons < <(suite_addons)
    mkdir -p "$LTC_HOME/dist"
    for addon in "${addons[@]}"; do
        [[ -f $ADDONS/$addon/pyproject.toml ]] || die "$addon has no pyproject.toml."
        rm -f "$LTC_HOME"/dist/odoo_addon_"$addon"-*.whl
        step "wheel of $addon" "wheel-$addon" "read the log." \
            env WHOOL_POST_VERSION_STRATEGY_OVERRIDE=none "$PYTHON" -m build --no-isolation --wheel \
            --outdir "$LTC_HOME/dist" "$ADDONS/$addon"
    done
    say "the wheels are in $(pretty "$LTC_HOME/dist")"
    (cd "$LTC_HOME/dist" && printf '    %s\n' *.whl)
}

# --- Odoo's own tests with our addons ---------------------------------------------------------------------------

PEERS=(account crm portal sale sale_crm sale_management sale_margin sale_project sale_stock sales_team stock stock_account)

# ./run peers [--again|--keep] [MODULE...]: each module by pytest on its own clone of layer 2. What passed with exactly
# these addons is not run again; with --keep neither what passed with older ones; with --again everything is.
cmd_peers() {
    local again='' keep='' modules=() arg module passed failed skipped state
    for arg in "$@"; do
        case $arg in
            --again) again=1 ;;
            --keep) keep=1 ;;
            -*) die "./run peers knows no '$arg'." "./run peers [--again] [MODULE...]" ;;
            *) modules+=("$arg") ;;
        esac
    done
    ((${#modules[@]})) || modules=("${PEERS[@]}")
    prepare
    ensure_layer2
    local folder=$LTC_HOME/peers
    mkdir -p "$folder"
    trap clean_up_tests EXIT
    # a copy of its own: whoever changes the addons meanwhile makes another layer 2
    PEERS_DB=ltc_test_peers_$$
    TEST_DBS+=("$PEERS_DB")
    clone_db "$LAYER2" "$PEERS_DB" || die "layer 2 could not be cloned."
    for module in "${modules[@]}"; do
        if [[ -z $again && -f $folder/$module.passed ]]; then
            read -r passed failed skipped state <"$folder/$module.passed"
            if [[ -n $keep || $state == "$LAYER2" ]]; then
                tally "$module (before)" 0 "$passed" "$failed" "$skipped"
                continue
            fi
        fi
        peer "$module" "$folder"
    done
    clean_up_tests
    trap - EXIT
    close_tests "$SECONDS"
}

# peer_on_plain_odoo MODULE FOLDER TESTS: what failed is run again without the suite; what fails there alike (tests that
# Odoo runs before its other apps are installed) is Odoo's own. Sets passed, failed and skipped of the caller.
peer_on_plain_odoo() {
    local module=$1 folder=$2 tests=$3 names plain own
    names=$(grep -oE '^(FAILED|ERROR) [^ ]+' "$folder/$module.log" | sed -E 's/.*:://' | sort -u)
    [[ -n $names ]] || return 0
    note "the same tests on plain Odoo"
    ensure_layer1
    drop_db "$TEST_DB"
    clone_db "$LAYER1" "$TEST_DB" || die "layer 1 could not be cloned."
    run_peer "$folder/$module.plain" "$tests" -k "$(sed -z 's/\n$//; s/\n/ or /g' <<<"$names")" || true
    plain=$(grep -oE '^(FAILED|ERROR) [^ ]+' "$folder/$module.plain.log" | sed -E 's/.*:://' | sort -u)
    own=$(comm -12 <(echo "$names") <(echo "$plain") | grep -c . || true)
    ((own == 0)) || note "$own of them fail on plain Odoo alike: not ours"
    failed=$((failed > own ? failed - own : 0)) skipped=$((skipped + own))
}

# run_peer NAME TESTS [OPTIONS]: pytest on TEST_DB, in a folder of its own, so that our settings do not reach Odoo's tests
run_peer() {
    local name=$1 tests=$2
    shift 2
    ODOO_RC='' watch_log "$name.log" in_folder "${name%/*}" "$LTC_HOME/venv/bin/pytest" -p no:cacheprovider \
        -o python_functions= -c /dev/null --rootdir "${name%/*}" --odoo-http -q -rfE --tb=short -W ignore \
        --odoo-config="$TEST_CONF" --odoo-database="$TEST_DB" --odoo-log-level=error \
        --odoo-extra="db-filter=^$TEST_DB\$" --junitxml="$name.xml" "$@" "$tests"
}

peer() {
    local module=$1 folder=$2 start=$SECONDS rc=0 passed failed skipped tests=$ODOO_SOURCE/addons/$1/tests
    [[ -d $tests ]] || tests=$ODOO_ADDONS/$1/tests
    [[ -d $tests ]] || { bad "Odoo has no module $module"; count 0 1; return 0; }
    test_db peer
    clone_db "$PEERS_DB" "$TEST_DB" || die "layer 2 could not be cloned."
    say "Odoo's own tests of $module with the suite installed"
    rm -f "$folder/$module".*
    run_peer "$folder/$module" "$tests" || rc=$?
    read -r passed failed skipped < <("$PYTHON" -B "$CONFIG/run/results.py" "$folder/$module.xml")
    ((rc == 0)) || ((failed)) || failed=1
    grep -E '^(FAILED|ERROR|SUBFAIL)' "$folder/$module.log" | sed 's/^/    | /' >&2 || true
    ((failed == 0)) || peer_on_plain_odoo "$module" "$folder" "$tests"
    # what could not even be read fails on plain Odoo alike, and proves nothing
    ((passed)) || failed=$((failed ? failed : 1))
    note "log: $folder/$module.log"
    tally "$module" $((SECONDS - start)) "$passed" "$failed" "$skipped"
    ((failed)) || echo "$passed $failed $skipped $LAYER2" >"$folder/$module.passed"
    drop_db "$TEST_DB"
}
