# ./run test: what does not depend on each other runs side by side. Sourced by ./run.
# shellcheck shell=bash

# LTC_LANES says how many; a test run with its database keeps about one core busy
lanes() {
    local cores
    cores=$(nproc)
    printf '%s' "${LTC_LANES:-$((cores < 2 ? 1 : 2))}"
}

declare -A LANE_LOGS=() LANE_JOBS=()

# in_lanes "FUNCTION [ARGUMENT...]"...: these jobs in this order, as many at a time as there are lanes. Each has a shell
# and a log of its own; what it says is shown when it has ended.
in_lanes() {
    local waiting=("$@") number=0 width pid start=$SECONDS next=20
    width=$(lanes)
    while ((${#waiting[@]} + ${#LANE_JOBS[@]})); do
        while ((${#waiting[@]})) && ((${#LANE_JOBS[@]} < width)); do
            number=$((number + 1))
            open_lane "$number" "${waiting[0]}"
            waiting=("${waiting[@]:1}")
        done
        sleep 0.5
        for pid in "${!LANE_JOBS[@]}"; do
            is_running "$pid" || close_lane "$pid"
        done
        if ((SECONDS - start >= next)); then
            next=$((SECONDS - start + 20))
            for pid in "${!LANE_LOGS[@]}"; do note "$((SECONDS - start))s |$(_glimpse "${LANE_LOGS[$pid]}")"; done
        fi
    done
}

open_lane() {
    local job=$2 log=$LTC_HOME/log/lane-$1.log
    rm -f "$log.sums"
    (
        LANE=_$1 ON_TERMINAL='' PASSED=0 FAILED=0 SKIPPED=0 BROKEN=() TEST_DBS=()
        trap clean_up_tests EXIT
        trap 'exit 143' TERM
        # shellcheck disable=SC2086  # a function and its arguments
        $job
        printf '%s\n' "$PASSED" "$FAILED" "$SKIPPED" "${BROKEN[@]}" >"$log.sums"
    ) >"$log" 2>&1 </dev/null &
    LANE_JOBS[$!]=$job LANE_LOGS[$!]=$log
}

# show what a job said and add up what it counted; a job that left no sums broke off, which is one failure
close_lane() {
    local job=${LANE_JOBS[$1]} log=${LANE_LOGS[$1]} sums=()
    unset "LANE_JOBS[$1]" "LANE_LOGS[$1]"
    wait "$1" || true
    cat "$log"
    if [[ -f $log.sums ]]; then
        mapfile -t sums <"$log.sums"
        count "${sums[@]:0:3}"
        BROKEN+=("${sums[@]:3}")
    else
        bad "broken off: $job"
        count 0 1
        BROKEN+=("$job")
    fi
    rm -f "$log.sums"
}

# ./run itself is stopped
end_lanes() {
    local pid
    for pid in "${!LANE_JOBS[@]}"; do
        WATCHED_PID=$pid
        _end_watched
        unset "LANE_JOBS[$pid]" "LANE_LOGS[$pid]"
    done
}
