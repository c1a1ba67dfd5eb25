#!/usr/bin/env bash
# Starts everything in order: 1 MCP Orchestrator, 2 LM Studio, 3 the daemon, 4 registration, 5 watching.
# A second call finds everything running. scripts/stop-all.sh stops what this started.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lm-studio.sh"

usage() {
    cat <<'EOF'
usage: scripts/start-all.sh [--repo DIR] [--config FILE] [--foreground] [--demo [--loop] [--once]] [--require-lm-studio]

  --repo DIR            the repository to serve (default: the current directory)
  --config FILE         configuration file (default: config/orchestrator.yaml of this project)
  --foreground          stay in the foreground; stop everything on Ctrl-C or SIGTERM (for systemd and launchd)
  --demo                make a small git repository with a real change in it and show what happens to it
  --loop                with --demo: then show the improvement loop: a planted bottleneck is found, a better setting tried, measured and kept
  --once                with --demo: stop and exit 0 when that change is done, non-zero otherwise
  --require-lm-studio   fail when no model is ready

example: scripts/start-all.sh --demo --once
EOF
}

repo=$PWD config=$(default_config) foreground= demo= loop= once= require_lm=
while [[ $# -gt 0 ]]; do
    case $1 in
        --repo) [[ $# -ge 2 ]] || { usage >&2; exit 2; }; repo=$2; shift 2 ;;
        --config) [[ $# -ge 2 ]] || { usage >&2; exit 2; }; config=$2; shift 2 ;;
        --foreground) foreground=1; shift ;;
        --demo) demo=1; shift ;;
        --loop) loop=1; shift ;;
        --once) once=1; shift ;;
        --require-lm-studio) require_lm=1; shift ;;
        -h | --help) usage; exit 0 ;;
        *) printf 'unknown argument: %s\n' "$1" >&2; usage >&2; exit 2 ;;
    esac
done
[[ -z $once$loop || -n $demo ]] || { printf -- '--once and --loop need --demo\n' >&2; exit 2; }

build_if_needed

if [[ -n $demo ]]; then
    # The demo has its own repository, sockets, port and state: it meets no other daemon.
    demo_root=$(mktemp -d "${TMPDIR:-/tmp}/wo-demo.XXXXXX")
    repo=$demo_root/shop config=$ROOT/config/orchestrator.yaml
    export XDG_STATE_HOME=$demo_root/state
    export WORKFLOW_ORCHESTRATOR_SOCKET=$demo_root/daemon.sock MCP_ORCHESTRATOR_SOCKET=$demo_root/mcp.sock WO__HTTP__LISTEN=127.0.0.1:0
    unset STATE_DIRECTORY
    # The planted bottleneck: one question at a time, although the agent could take four; and an analysis every few seconds instead of every hour.
    [[ -z $loop ]] || export WO__QUESTION_ROUTING__MAX_CONCURRENT_QUESTIONS=1 WO__FEEDBACK_LOOP__ANALYSIS_INTERVAL=5
    "$WO" demo create "$repo" || fail "The demo repository could not be made."
    say "demo repository: $repo"
fi

if [[ -n $config ]]; then export WORKFLOW_ORCHESTRATOR_CONFIG=$config; fi
wo() { "$WO" --repo "$repo" "$@"; }
paths=$(wo config paths) || exit $?
path_of() { sed -n "s/^$1=//p" <<<"$paths"; }
state=$(path_of state) socket=$(path_of socket) mcp_socket=$(path_of mcp_socket) lm_studio=$(path_of lm_studio)
run=$state/run
mkdir -p -m 700 "$run" "$state/logs"

# detach LOG COMMAND…: in a session of its own where the system can, so that Ctrl-C here does not reach it. Its process id is in $detached.
detach() {
    local log=$1
    shift
    if command -v setsid >/dev/null; then
        setsid "$@" >"$log" 2>&1 </dev/null &
    else
        nohup "$@" >"$log" 2>&1 </dev/null &
    fi
    detached=$!
}

alive() { [[ -s $1 ]] && kill -0 "$(<"$1")" 2>/dev/null; }

# The last lines of a log; what went to the terminal or the journal has been seen already.
tell_end() { [[ ! -f $1 ]] || tail -n 5 "$1" >&2; }

# wait_for PID LOG COMMAND…: until the command succeeds, the process ends, or 30 seconds have passed.
wait_for() {
    local pid=$1 log=$2 deadline=$((SECONDS + 30))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$pid" 2>/dev/null; then
            tell_end "$log"
            return 1
        fi
        ((SECONDS < deadline)) || { tell_end "$log"; return 1; }
        sleep 0.1
    done
}

# The daemon says that it is ready before this script has come to its end: a reload that is asked for meanwhile is passed on then.
[[ -z $foreground ]] || trap 'reload_asked=1' HUP

# --- 1 MCP Orchestrator
agents=$ROOT/config/agents.yaml
own_agents=${XDG_CONFIG_HOME:-$HOME/.config}/workflow-orchestrator/agents.yaml
if [[ -e $ROOT/installed && -e $own_agents ]]; then agents=$own_agents; fi
if health=$("$MCP_ORCHESTRATOR" health --json --socket "$mcp_socket" 2>/dev/null); then
    if [[ $health == *"\"repository\":\"$(path_of repository)\""* ]]; then
        say "1 MCP Orchestrator   running   $mcp_socket"
    else
        say "1 MCP Orchestrator   DEGRADED  the one on $mcp_socket serves another repository: its answers come from there. For one of its own: MCP_ORCHESTRATOR_SOCKET=/tmp/NAME.sock"
    fi
else
    [[ -z $demo ]] || agents=$ROOT/config/agents.demo.yaml # an agent of each kind
    if [[ -n $loop ]]; then # and one that takes its time
        agents=$demo_root/agents.yaml
        { cat "$ROOT/config/agents.demo.yaml"; sed '1,/^agents:/d' "$ROOT/config/agents.loop.yaml"; } >"$agents"
    fi
    MCP_ORCHESTRATOR_PROGRAM=$MCP_ORCHESTRATOR WORKFLOW_ORCHESTRATOR_SOCKET=$socket LM_STUDIO_BASE_URL=$lm_studio \
        detach "$state/logs/mcp-orchestrator.out" "$MCP_ORCHESTRATOR" run --repo "$repo" --socket "$mcp_socket" --config "$agents" --state "$state/mcp-orchestrator"
    echo "$detached" >"$run/mcp-orchestrator.pid"
    if wait_for "$(<"$run/mcp-orchestrator.pid")" "$state/logs/mcp-orchestrator.out" "$MCP_ORCHESTRATOR" health --socket "$mcp_socket"; then
        say "1 MCP Orchestrator   started   $mcp_socket"
    else
        say "1 MCP Orchestrator   DEGRADED  did not start (log: $state/logs/mcp-orchestrator.out); questions go to you until it runs"
    fi
fi

# --- 2 LM Studio
lm_studio_step "$lm_studio" "$(path_of lm_studio_mode)" "$(path_of lm_studio_model)" "$(path_of lm_studio_context)" "$(path_of lm_studio_slots)" "$state/logs/lm-studio.out"
if [[ -z $lm_ready && -n $require_lm ]]; then
    fail "2 LM Studio          MISSING   --require-lm-studio was given and no model is ready: see above"
fi

# --- 3 the daemon
stop_all() { "$ROOT/scripts/stop-all.sh" --state "$state" "$@"; }

# daemon_failed MESSAGE: ends as the daemon of this start did, so that a service manager sees its code (70 after a crash, 78 for a bad configuration).
daemon_failed() {
    local code=0
    [[ -z ${started_daemon:-} ]] || kill -0 "$started_daemon" 2>/dev/null || wait "$started_daemon" || code=$?
    stop_all --quiet
    printf '%s\n' "$1" >&2
    exit "$((code == 0 ? 1 : code))"
}
if alive "$run/daemon.pid" && wo status >/dev/null 2>&1; then
    if [[ -n ${NOTIFY_SOCKET:-} ]]; then
        fail "3 daemon             FAILED    one runs already (process $(<"$run/daemon.pid")) and is not this service's: stop it with $ROOT/scripts/stop-all.sh --repo $repo"
    fi
    say "3 daemon             running   process $(<"$run/daemon.pid")"
else
    # Under a service manager the daemon, not this script, gives the signs of life; and the journal is its log.
    unset WATCHDOG_PID
    log=$state/logs/daemon.out
    if [[ -n ${NOTIFY_SOCKET:-} ]]; then log=/dev/stderr; fi
    detach "$log" "$WO" --repo "$repo" run
    started_daemon=$detached
    echo "$detached" >"$run/daemon.pid"
    if ! wait_for "$(<"$run/daemon.pid")" "$log" wo status; then
        rm -f "$run/daemon.pid"
        daemon_failed "3 daemon             FAILED    see above and $log"
    fi
    say "3 daemon             started   process $(<"$run/daemon.pid"), socket $socket"
fi

# --- 4 registration
if wo status --wait registered --timeout 15 >/dev/null 2>&1; then
    say "4 registration       done      our question tools are offered to the agents"
else
    say "4 registration       DEGRADED  not registered yet; the daemon goes on trying. See: wo status"
fi

# --- 5 watching
if wo status --wait ready --timeout 60 >/dev/null 2>&1; then
    say "5 watching           $(path_of changes)"
else
    failure="5 watching           FAILED    the first scan has not finished; see $state/logs"
    # One that says "down" may be on its way out, and is silent soon; one that is silent has the time that its end may take. Its code is the one to end with.
    code=0
    wo status || code=$?
    if [[ -n ${started_daemon:-} ]]; then
        if ((code == 1)); then
            await_end "$started_daemon" 5
            wo status >/dev/null 2>&1 || code=$?
        fi
        if ((code == 3)); then await_end "$started_daemon" 35; fi
    fi
    if kill -0 "${started_daemon:-$$}" 2>/dev/null; then fail "$failure"; fi
    daemon_failed "$failure"
fi

if [[ -n $demo ]]; then
    trap 'stop_all --quiet' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    status=0
    "$ROOT/scripts/demo-story.sh" "$repo" "$mcp_socket" || status=$?
    [[ -z $loop ]] || "$ROOT/scripts/demo-loop.sh" "$repo" || status=$?
    if [[ -n $once ]]; then
        exit "$status"
    fi
    say "The demo goes on: edit $repo/openspec/changes and watch with '$WO --repo $repo changes'. Ctrl-C ends it."
    foreground=1
fi

if [[ -n $foreground ]]; then
    daemon=$(<"$run/daemon.pid")
    trap 'stop_all --quiet' EXIT
    trap 'exit 0' TERM INT
    trap 'kill -HUP "$daemon" 2>/dev/null || true' HUP
    [[ -z ${reload_asked:-} ]] || kill -HUP "$daemon" 2>/dev/null || true
    code=0
    if [[ ${started_daemon:-} == "$daemon" ]]; then
        # A trapped signal ends 'wait' with a code over 128 although the daemon goes on.
        while true; do
            code=0
            wait "$daemon" || code=$?
            kill -0 "$daemon" 2>/dev/null || break
        done
        again=0
        wait "$daemon" 2>/dev/null || again=$?
        [[ $again == 127 ]] || code=$again # 127: its end was seen already
    else # it was running already, so it is no child of ours
        while kill -0 "$daemon" 2>/dev/null; do
            sleep 1 &
            wait $!
        done
    fi
    exit "$code"
fi
