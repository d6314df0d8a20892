# ./run test: every stage counts what passed and what failed; the last line is the sum. Sourced by ./run.
# shellcheck shell=bash

PASSED=0 FAILED=0 SKIPPED=0
BROKEN=()

count() { PASSED=$((PASSED + $1)) FAILED=$((FAILED + $2)) SKIPPED=$((SKIPPED + ${3:-0})); }

# tally "stage" SECONDS PASSED FAILED SKIPPED
tally() {
    count "$3" "$4" "$5"
    local text="$1: $3 passed, $4 failed"
    (($5 == 0)) || text+=", $5 skipped"
    if (($4)); then
        bad "$text ($2 s)"
        BROKEN+=("$1")
    else
        good "$text ($2 s)"
    fi
}

cmd_test() {
    local arg stages=() tags=() paths=() house=''
    for arg in "$@"; do
        case $arg in
            lint | addons | odoo-lint | install | demo | guests | tests) stages+=("$arg") ;;
            --house) house=1 ;;
            tests/* | ./tests/* | "$ROOT"/tests/*) paths+=("$arg") ;;
            ltc_*) tags+=("/$arg") ;;
            /* | *:*) tags+=("$arg") ;;
            *) die "'$arg' is no test." \
                "./run test [lint|addons|odoo-lint|install|demo|guests|tests] [tests/test_x.py] [--house] [ltc_base] [/ltc_base:TestX.test_y]" ;;
        esac
    done
    local start=$SECONDS stage all=''
    ((${#stages[@]} + ${#tags[@]} + ${#paths[@]})) || all=1
    trap broken_off EXIT
    prepare
    drop_orphans
    [[ -z $all ]] || test_all
    for stage in "${stages[@]}"; do
        case $stage in
            lint) test_lint ;;
            addons) test_addons '' ;;
            odoo-lint) test_odoo_lint ;;
            install) test_install ;;
            demo) test_demo ;;
            guests) test_guests ;;
            tests) test_suite ;;
        esac
    done
    if ((${#tags[@]})); then
        if [[ -n $house ]]; then test_house "$(comma "${tags[@]}")"; else test_addons "$(comma "${tags[@]}")"; fi
    fi
    ((${#paths[@]} == 0)) || test_suite "${paths[@]}"
    clean_up_tests
    trap - EXIT
    [[ -z ${CI:-} ]] || stop_postgres
    close_tests $((SECONDS - start))
}

# every stage, what takes longest first. Two halves of the chain each stand on a database of their own.
test_all() {
    local floors
    mapfile -t floors < <(suite_addons)
    ensure_layer1
    in_lanes test_lint "test_floors ${floors[*]:2}" "test_floors ${floors[*]:0:2}" test_suite test_demo test_install \
        test_guests test_odoo_lint
}

# a step that everything rests on failed: the tests that did not run are one failure
broken_off() {
    local rc=$?
    end_lanes
    clean_up_tests
    printf '\n%s passed, %s failed\n' "$PASSED" $((FAILED + 1))
    exit $((rc ? rc : 1))
}

# the last line and the exit code
close_tests() {
    printf '\n'
    ((${#BROKEN[@]} == 0)) || bad "in: ${BROKEN[*]}"
    note "$1 s; logs are in $(pretty "$LTC_HOME")/log"
    ((PASSED + FAILED)) || { FAILED=1 && bad "no test ran"; }
    local line="$PASSED passed, $FAILED failed"
    ((SKIPPED == 0)) || line+=", $SKIPPED skipped"
    printf '%s\n' "$line"
    ((FAILED == 0))
}

TEST_DBS=()
clean_up_tests() {
    local name
    _end_watched
    [[ -z ${LTC_KEEP:-} ]] || return 0
    for name in "${TEST_DBS[@]}"; do
        drop_db "$name" >/dev/null 2>&1 || true
    done
    TEST_DBS=()
}

# test_db WHAT: sets TEST_DB to a name of this call alone
test_db() {
    TEST_DB=ltc_test_$1_$$${LANE:-}
    TEST_DBS+=("$TEST_DB")
}

# databases of calls that were killed: the number at the end of their name is that of a process that is gone
drop_orphans() {
    local name pid
    for name in $(sql "SELECT datname FROM pg_database WHERE datname ~ '^ltc_(test|bench|i18n)_([a-z]+_)?[0-9]+(_[0-9]+)?\$'"); do
        pid=$(sed -E 's/^ltc_[a-z]+_([a-z]+_)?([0-9]+)(_[0-9]+)?$/\2/' <<<"$name")
        is_running "$pid" || drop_db "$name"
    done
}

test_lint() {
    local start=$SECONDS
    lint_all "" || true
    tally lint $((SECONDS - start)) "$LINT_PASSED" "$LINT_FAILED" 0
}

# judge "stage" LOG EXIT_CODE START: what Odoo's runner found, and one more for the log itself
judge() {
    local stage=$1 log=$2 rc=$3 start=$4 passed failed skipped
    read -r passed failed skipped < <("$PYTHON" -B "$CONFIG/run/results.py" "$log")
    if "$PYTHON" -B "$CONFIG/run/checklog.py" "$log" >"$log.check"; then
        passed=$((passed + 1))
    else
        sed 's/^/    | /' "$log.check" | tail -n "${LTC_TAIL:-150}" >&2
        failing_tests "$log"
        ((failed)) || failed=1
    fi
    ((rc == 0)) || ((failed)) || failed=1
    tally "$stage" $((SECONDS - start)) "$passed" "$failed" "$skipped"
}

# the names alone, ready to be copied into ./run test
failing_tests() {
    local names
    names=$(sed -nE 's/.* ERROR \S+ odoo\.addons\.([a-z_]+)\.tests\S*: (FAIL|ERROR): (Subtest )?(\w+)\.(\w+).*/\/\1:\4.\5/p' "$1" | sort -u)
    [[ -z $names ]] || printf '%s\n' "    failing tests:" "${names//\/ltc/      \/ltc}" >&2
}

# the floors up to the highest addon that the tags name; all of them when a tag names none
chain_for() {
    local name chain=() result=()
    while read -r name; do
        chain+=("$name")
        [[ ! ",$1" =~ [,/]$name([:,.]|$) ]] || result=("${chain[@]}")
    done < <(suite_addons)
    ((${#result[@]})) || result=("${chain[@]}")
    comma "${result[@]}"
}

# test_addons TAGS: Odoo's own runner installs the addons on a clone of layer 1 and runs their tests
test_addons() {
    local what=$1 floors
    if [[ -z $what ]]; then
        mapfile -t floors < <(suite_addons)
        test_floors "${floors[@]}"
        return
    fi
    addons_db
    run_addons addons "$(chain_for "$what")" "$what" "$LTC_HOME/log/test-addons-$$.log"
    leave_db
}

# test_floors ADDON...: floor by floor: each addon is tested on what it names, before the next one stands on it
test_floors() {
    local name
    (($#)) || { bad "no addon in $ADDONS"; count 0 1; return 0; }
    addons_db
    for name in "$@"; do run_addons "$name" "$name" "/$name" "$LTC_HOME/log/test-addons-$name.log"; done
    leave_db
}

addons_db() {
    ensure_layer1
    test_db addons
    clone_db "$LAYER1" "$TEST_DB" || die "layer 1 could not be cloned."
}

leave_db() {
    if [[ -z ${LTC_KEEP:-} ]]; then drop_db "$TEST_DB"; else note "LTC_KEEP: the database stays: $TEST_DB"; fi
}

# run_addons STAGE MODULES TAGS LOG: install MODULES on TEST_DB and run the tests TAGS
run_addons() {
    local start=$SECONDS rc=0
    say "Odoo's runner: installing $2, with the tests $3"
    ODOO_RC=$TEST_CONF watch_log "$4" odoo -d "$TEST_DB" -i "$2" --test-tags "$3" \
        --stop-after-init --http-port "$(free_port)" --db-filter "^$TEST_DB\$" || rc=$?
    note "log: $4"
    judge "$1" "$4" $rc "$start"
}

# test_house TAGS: the same on a clone of layer 2, where all six floors stand already (what is tagged post_install)
test_house() {
    local log=$LTC_HOME/log/test-house-$$.log start rc=0
    ensure_layer2
    test_db house
    clone_db "$LAYER2" "$TEST_DB" || die "layer 2 could not be cloned."
    say "Odoo's runner: the tests $1 in the whole house"
    start=$SECONDS
    ODOO_RC=$TEST_CONF watch_log "$log" odoo -d "$TEST_DB" --test-tags "$1,-at_install" --stop-after-init \
        --http-port "$(free_port)" --db-filter "^$TEST_DB\$" || rc=$?
    note "log: $log"
    judge house "$log" $rc "$start"
    leave_db
}

# Odoo's own linters that need a registry with our addons in it
test_odoo_lint() {
    local log=$LTC_HOME/log/test-odoo-lint.log start=$SECONDS rc=0
    [[ -d $ODOO_SOURCE/addons/test_lint || -d ${ODOO_ADDONS:-/nowhere}/test_lint ]] || { note "this Odoo has no test_lint"; return 0; }
    ensure_layer2
    test_db lint
    clone_db "$LAYER2" "$TEST_DB" || die "layer 2 could not be cloned."
    say "Odoo's own linters on the installed suite: indexes, signatures of overrides, forgotten tests"
    ODOO_RC=$TEST_CONF watch_log "$log" odoo -d "$TEST_DB" -i test_lint --stop-after-init --no-http \
        --test-tags '/test_lint:TestIndex,/test_lint:TestLintOverrideSignatures,/test_lint:TestTestHoles' || rc=$?
    judge odoo-lint "$log" $rc "$start"
    drop_db "$TEST_DB"
}

# Odoo's apps that the suite does not need, and customers have beside it: what is tagged ltc_guests is about them, and
# skipped where they are missing
GUESTS=sale_loyalty
test_guests() {
    local log=$LTC_HOME/log/test-guests.log start=$SECONDS rc=0
    ensure_layer2
    test_db guests
    clone_db "$LAYER2" "$TEST_DB" || die "layer 2 could not be cloned."
    say "Odoo's apps beside the suite: $GUESTS moves into the whole house, then the tests tagged ltc_guests"
    ODOO_RC=$TEST_CONF watch_log "$log" odoo -d "$TEST_DB" -i "$GUESTS" --stop-after-init --no-http || rc=$?
    if ((rc == 0)); then
        cp "$log" "$log.install"  # what is installed and what is tested are two runs of Odoo, judged as one
        ODOO_RC=$TEST_CONF watch_log "$log" odoo -d "$TEST_DB" --test-tags ltc_guests,-at_install --stop-after-init \
            --http-port "$(free_port)" --db-filter "^$TEST_DB\$" || rc=$?
        cat "$log" >>"$log.install"
        mv "$log.install" "$log"
    fi
    judge guests "$log" $rc "$start"
    leave_db
}

# test_suite [PATHS]: the tests across addons, by pytest on a clone of layer 2
test_suite() {
    local log=$LTC_HOME/log/test-suite-$$.log report=$LTC_HOME/run/test-suite-$$.xml start rc=0 paths=("$@")
    local passed failed skipped
    ((${#paths[@]})) || paths=("$ROOT/tests")
    [[ -d $ROOT/tests ]] || { note "there is no folder tests/ yet"; return 0; }
    if ((${#paths[@]} == 1)) && [[ ${paths[0]} == "$ROOT/tests" ]]; then
        log=$LTC_HOME/log/test-suite.log
        [[ -n $(find "$ROOT/tests" -name 'test_*.py' -print -quit) ]] || { note "no test in tests/ yet"; return 0; }
    fi
    ensure_layer2
    test_db suite
    clone_db "$LAYER2" "$TEST_DB" || die "layer 2 could not be cloned."
    say "pytest: the tests across addons on a clone of layer 2"
    start=$SECONDS
    rm -f "$log.odoo" "$report"
    ODOO_RC='' watch_log "$log" "$PYTHON" -m pytest -c "$ROOT/pyproject.toml" --rootdir "$ROOT" -rfEs --tb=short \
        --odoo-config="$TEST_CONF" --odoo-database="$TEST_DB" --odoo-log-level=warn \
        --odoo-extra="logfile=$log.odoo" --odoo-extra="db-filter=^$TEST_DB\$" \
        --junitxml="$report" "${paths[@]}" || rc=$?
    read -r passed failed skipped < <("$PYTHON" -B "$CONFIG/run/results.py" "$report")
    if ((rc)); then
        tail -n "${LTC_TAIL:-150}" "$log" | sed 's/^/    | /' >&2
        ((failed)) || failed=1
    fi
    grep -E '^SKIPPED' "$log" | sed 's/^/    /' || true
    if [[ ! -f $log.odoo ]] || "$PYTHON" -B "$CONFIG/run/checklog.py" "$log.odoo" >"$log.check"; then
        passed=$((passed + 1))
    else
        sed 's/^/    | /' "$log.check" | tail -n 60 >&2
        ((failed)) || failed=1
    fi
    note "log: $log"
    tally tests $((SECONDS - start)) "$passed" "$failed" "$skipped"
    leave_db
}

# every prefix of the chain installs on an empty database with nothing but what it names, and leaves it again
test_install() {
    local log=$LTC_HOME/log/test-install.log start=$SECONDS rc=0 passed failed addons
    mapfile -t addons < <(suite_addons)
    say "each prefix of the chain: installs alone, uninstalls cleanly"
    ODOO_RC=$TEST_CONF watch_log "$log" "$PYTHON" -B "$CONFIG/run/prefixes.py" "ltc_test_prefix_$$" \
        "$LTC_HOME" "${addons[@]}" || rc=$?
    passed=$(grep -c '^PASSED' "$log") || true
    failed=$(grep -c '^FAILED' "$log") || true
    ((rc == 0)) || ((failed)) || failed=1
    ((failed == 0)) || sed 's/^/    | /' "$log" | tail -n 80 >&2
    tally install $((SECONDS - start)) "$passed" "$failed" 0
}

# the demo data of ./run demo is made by the suite's own actions: it breaks when one of them refuses
test_demo() {
    local log=$LTC_HOME/log/test-demo.log start=$SECONDS rc=0
    ensure_layer1 odoodemo
    test_db demo
    clone_db "$LAYER1" "$TEST_DB" || die "layer 1 could not be cloned."
    say "the demo data on a clone of Odoo's apps with theirs"
    ODOO_RC=$TEST_CONF watch_log "$log" odoo -d "$TEST_DB" -i "$(suite_list)" --with-demo --stop-after-init --no-http || rc=$?
    "$PYTHON" -B "$CONFIG/run/checklog.py" "$log" >"$log.check" || rc=1
    ((rc == 0)) || tail -n "${LTC_TAIL:-60}" "$log.check" | sed 's/^/    | /' >&2
    tally demo $((SECONDS - start)) $((rc == 0)) $((rc != 0)) 0
    leave_db
}
