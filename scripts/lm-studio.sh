# Step 2 of start-all.sh: finds the model server, starts LM Studio and loads a model when that is possible and wanted. Sourced, not run.
# Looks first and starts nothing that is there: every lms command beside "status" wakes LM Studio, and "lms load" a second time makes a second,
# smaller instance. Never installs or downloads. Prints one line; sets lm_ready to 1 when a model answers.

lm_probe() { wo probe-lm-studio "$@" 2>/dev/null || true; }
lm_field() { sed -n "s/^$1=//p" <<<"$lm_seen"; }
lm_line() { say "2 LM Studio          $*"; }

# bounded SECONDS COMMAND…: the command's end, or its death when the time is over (macOS has no timeout command).
bounded() {
    local limit=$1 pid deadline
    shift
    "$@" &
    pid=$!
    deadline=$((SECONDS + limit))
    while kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            kill "$pid" 2>/dev/null || true
            wait "$pid" 2>/dev/null || true
            return 124
        fi
        sleep 0.1
    done
    wait "$pid"
}

# The command line of LM Studio: on the PATH, or in its own folder, which may have been moved.
find_lms() {
    local folder
    if command -v lms; then return; fi
    for folder in "$(cat "$HOME/.lmstudio-home-pointer" 2>/dev/null || true)" "$HOME/.lmstudio" "$HOME/.cache/lm-studio"; do
        if [[ -n $folder && -x $folder/bin/lms ]]; then
            printf '%s\n' "$folder/bin/lms"
            return
        fi
    done
    return 1
}

lm_start() {
    local lms=$1 port=$2 deadline
    lm_line "starting  $lms daemon up; server start --port $port" >&2
    bounded 90 "$lms" daemon up --json >>"$lm_log" 2>&1 || true
    # Its exit code is not always right (a false failure is known), so only the HTTP answer counts.
    bounded 30 "$lms" server start --port "$port" --bind 127.0.0.1 >>"$lm_log" 2>&1 || true
    deadline=$((SECONDS + ${LM_START_SECONDS:-60}))
    while ((SECONDS < deadline)); do
        lm_seen=$(lm_probe)
        [[ -z $(lm_field server) ]] || return 0
        sleep 0.5
    done
    return 1
}

# Loads the model with context and slots, unless an instance of it is there.
lm_load() {
    local lms=$1 key=$2
    if bounded 30 "$lms" ps --json 2>>"$lm_log" | grep -q "\"modelKey\" *: *\"$key\""; then
        lm_seen=$(lm_probe) # an instance has come meanwhile; never stack a second one
        return 0
    fi
    lm_line "loading   $key with a context of $lm_context tokens and $lm_slots slots" >&2
    bounded "${LM_LOAD_SECONDS:-600}" "$lms" load "$key" -y --identifier wo-main -c "$lm_context" --parallel "$lm_slots" >>"$lm_log" 2>&1 || return 1
    lm_seen=$(lm_probe)
    [[ -n $(lm_field loaded) ]]
}

# Which model to load: the one of the settings, or the only one there is.
lm_choice() {
    local available
    if [[ -n $lm_model ]]; then
        printf '%s\n' "$lm_model"
        return
    fi
    read -ra available <<<"$(lm_field available)"
    [[ ${#available[@]} -eq 1 ]] && printf '%s\n' "${available[0]}"
}

lm_degraded() { lm_line "DEGRADED  $1. The built-in reviewer does the work. To use a model: $2"; }

# lm_studio_step URL MODE MODEL CONTEXT SLOTS LOG
lm_studio_step() {
    local url=$1 mode=$2 lms key host port
    lm_model=$3 lm_context=$4 lm_slots=$5 lm_log=$6 lm_ready=
    if [[ $mode == off ]]; then
        lm_line "off       lm_studio.mode is off: the built-in reviewer does the work"
        return
    fi
    lms=$(find_lms) || lms=
    lm_seen=$(lm_probe)
    if [[ -z $(lm_field server) ]]; then
        host=${url#*://} host=${host%%/*} port=${host##*:} host=${host%:*}
        [[ $port =~ ^[0-9]+$ ]] || port=1234
        if [[ $(lm_field failure) != Unreachable || ! $host =~ ^(localhost|127\.0\.0\.1|\[::1\])$ ]]; then
            lm_degraded "$(lm_field message)" "$(lm_field remedy)"
            return
        fi
        if [[ -z $lms ]]; then
            lm_degraded "nothing answers at $url, and LM Studio is not installed" "install it from https://lmstudio.ai/download, then: lms get, lms server start, and start again"
            return
        fi
        if ! lm_start "$lms" "$port"; then
            lm_degraded "LM Studio did not start its server at $url (log: $lm_log)" "lms daemon up; lms server start --port $port"
            return
        fi
    fi
    if [[ -z $(lm_field loaded) && $(lm_field server) == LmStudio ]]; then
        if ! key=$(lm_choice); then
            lm_degraded "no model is loaded at $url" "set lm_studio.model in the configuration to one of: $(lm_field available) (none? lms get)"
            return
        fi
        if [[ -z $lms ]]; then
            lm_degraded "no model is loaded at $url" "load $key there: lms load $key -c $lm_context --parallel $lm_slots"
            return
        fi
        if ! lm_load "$lms" "$key"; then
            lm_degraded "$key could not be loaded (log: $lm_log)" "lms load $key -c $lm_context --parallel $lm_slots"
            return
        fi
        if [[ -n $(lm_field loaded_key) && $(lm_field loaded_key) != "$key" ]]; then # lms takes the first that resembles the name
            lm_line "WARNING   $(lm_field loaded_key) was loaded for '$key': set lm_studio.model to its exact name"
        fi
    fi
    lm_size_warning
    lm_seen=$(lm_probe --ready)
    if [[ $(lm_field state) == ready ]]; then
        lm_ready=1
        lm_line "ready     $(lm_field message)"
    else
        lm_degraded "$(lm_field message)" "$(lm_field remedy)"
    fi
}

# A second instance beside one that is too small would take its memory: only said, never done.
lm_size_warning() {
    local context slots
    context=$(lm_field context) slots=$(lm_field slots)
    if [[ -n $context && $context -lt $lm_context ]]; then
        lm_line "WARNING   loaded with a context of $context tokens, $lm_context are wanted: lms unload $(lm_field loaded); then start again"
    elif [[ -n $slots && $slots -lt $lm_slots ]]; then
        lm_line "note      $slots slots, $lm_slots could be used: lms load --parallel $lm_slots"
    fi
}
