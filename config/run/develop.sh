# The daily commands of a developer. Sourced by ./run.
# shellcheck shell=bash

cmd_setup() {
    prepare
    ensure_layer1
    good "set up: $(<"$LTC_HOME/run/odoo.stamp"), layer 1 is $LAYER1"
}

# ./run db NAME [ADDON...]: a database of one's own
cmd_db() {
    local demo=odoo fresh='' name='' addons=() arg
    for arg in "$@"; do
        case $arg in
            --demo) demo=odoodemo ;;
            --fresh) fresh=1 ;;
            -*) die "./run db knows no $arg" "see ./run help" ;;
            *) if [[ -z $name ]]; then name=$arg; else addons+=("$arg"); fi ;;
        esac
    done
    [[ -n $name ]] || die "which database?" "./run db NAME [--demo] [--fresh] [ADDON...]"
    check_db_name "$name"
    prepare
    ((${#addons[@]})) || mapfile -t addons < <(suite_addons)
    if [[ -n $fresh ]] || ! db_exists "$name"; then
        ensure_layer1 "$demo"
        say "database $name: a clone of layer 1 ($LAYER1)"
        clone_db "$LAYER1" "$name" || die "layer 1 could not be cloned."
    fi
    ((${#addons[@]})) || { note "no addon to install"; return 0; }
    local list
    list=$(comma "${addons[@]}")
    # -i installs what is new and -u loads what is there again: the one does nothing where the other applies
    step "database $name: installing or updating $list" "db-$name" "read the log: an addon does not load." \
        install_checked "$name" "$list" "$LTC_HOME/log/db-$name.log" -u "$list"
    note "start it: ./run odoo -- -d $name -p 8070      look into it: ./run shell $name, ./run psql $name"
}

cmd_odoo() {
    [[ ${1:-} != -- ]] || shift
    prepare
    exec "$LTC_HOME/venv/bin/odoo" "$@"
}

cmd_shell() {
    prepare
    exec "$LTC_HOME/venv/bin/odoo" shell -d "${1:-ltc_demo}" --no-http "${@:2}"
}

cmd_psql() {
    prepare
    exec psql -d "${1:-ltc_demo}" "${@:2}"
}
