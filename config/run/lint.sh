# ./run lint: every check by its name, each passed or failed. Sourced by ./run.
# shellcheck shell=bash

LINT_PASSED=0 LINT_FAILED=0

cmd_lint() {
    setup
    local start=$SECONDS
    lint_all "$@"
    printf '\n'
    note "$((SECONDS - start)) s"
    printf '%s passed, %s failed\n' "$LINT_PASSED" "$LINT_FAILED"
    ((LINT_FAILED == 0))
}

# check NAME COMMAND...
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1 </dev/null); then
        good "$name"
        LINT_PASSED=$((LINT_PASSED + 1))
    else
        bad "$name"
        printf '%s\n' "$output" | sed 's/^/    | /' | head -n "${LTC_TAIL:-150}" >&2
        LINT_FAILED=$((LINT_FAILED + 1))
    fi
}

# lint_all [ADDON...]
lint_all() {
    local folders=() addon python=() bin=$LTC_HOME/venv/bin kind
    for addon in "$@"; do
        [[ -z $addon ]] || folders+=("$ADDONS/${addon%/}")
    done
    if ((${#folders[@]} == 0)); then
        for addon in $(suite_addons); do folders+=("$ADDONS/$addon"); done
        python=("$CONFIG/run")
        [[ ! -d $ROOT/tests ]] || python+=("$ROOT/tests")
    fi
    say "lint: ${folders[*]##*/}"
    check "ruff: errors, bugs, imports, old syntax, complexity" \
        "$bin/ruff" check --config "$CONFIG/ruff.toml" --output-format concise "${folders[@]}" "${python[@]}"
    if ((${#folders[@]})); then
        check "pylint with pylint-odoo: the community's mandatory checks" \
            "$bin/pylint" --rcfile="$CONFIG/pylintrc" "${folders[@]}"
        check "Odoo's own checkers: translations in code, SQL injection, overridden unlink" odoo_checkers "${folders[@]}"
        for kind in XML CSV manifests translations methods; do
            check "$kind" "$PYTHON" -B "$CONFIG/run/files.py" "$kind" "${folders[@]}"
        done
    fi
    (($#)) && [[ -n $1 ]] || lint_shell
}

odoo_checkers() {
    local checkers=$ODOO_SOURCE/addons/test_lint/tests
    [[ -d $checkers ]] || checkers=${ODOO_ADDONS:-}/test_lint/tests
    [[ -d $checkers ]] || { echo "this Odoo has no test_lint"; return 0; }
    PYTHONPATH=$checkers "$LTC_HOME/venv/bin/pylint" --rcfile=/dev/null --score=no --persistent=no --disable=all \
        --load-plugins=_odoo_checker_gettext,_odoo_checker_sql_injection,_odoo_checker_unlink_override \
        --enable=missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,sql-injection,raise-unlink-override "$@"
}

lint_shell() {
    local scripts=("$ROOT/run" "$ROOT/.ci/run" "$CONFIG"/run/*.sh)
    check "bash -n" bash_syntax "${scripts[@]}"
    if have shellcheck; then
        check "shellcheck" shellcheck -x -S warning "${scripts[@]}"
    fi
}

bash_syntax() {
    local script rc=0
    for script in "$@"; do bash -n "$script" || rc=1; done
    return $rc
}
