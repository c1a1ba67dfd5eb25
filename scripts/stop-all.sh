#!/usr/bin/env bash
# Stops what start-all.sh started for a repository, in reverse order, and nothing else.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repo=$PWD state= quiet=
while [[ $# -gt 0 ]]; do
    case $1 in
        --repo) repo=$2; shift 2 ;;
        --state) state=$2; shift 2 ;;
        --quiet) quiet=1; shift ;;
        -h | --help) say "usage: scripts/stop-all.sh [--repo DIR]"; exit 0 ;;
        *) printf 'unknown argument: %s\n' "$1" >&2; exit 2 ;;
    esac
done
if [[ -z $state ]]; then
    [[ -x $WO ]] || fail "Nothing was built here, so nothing was started from here."
    WORKFLOW_ORCHESTRATOR_CONFIG=$(default_config)
    export WORKFLOW_ORCHESTRATOR_CONFIG
    state=$("$WO" --repo "$repo" config paths | sed -n 's/^state=//p')
fi

tell() { [[ -n $quiet ]] || say "$*"; }

# Command line of a process. Containers often have no ps.
command_of() {
    if [[ -r /proc/$1/cmdline ]]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -o args= -p "$1"; fi
}

# stop NAME PIDFILE PROGRAM: only a process that still is that program (process ids are reused).
stop() {
    local name=$1 file=$2 program=$3 pid
    if [[ ! -s $file ]]; then
        tell "$name: was not started from here"
        return
    fi
    pid=$(<"$file")
    if ! kill -0 "$pid" 2>/dev/null || ! grep -q -- "$program" <<<"$(command_of "$pid")"; then
        tell "$name: not running"
        rm -f "$file"
        return
    fi
    kill -TERM "$pid"
    await_end "$pid" 35
    if kill -0 "$pid" 2>/dev/null; then
        kill -KILL "$pid"
        tell "$name: did not stop within 35 seconds and was killed (nothing is lost: it recovers at the next start)"
    else
        tell "$name: stopped"
    fi
    rm -f "$file"
}

stop "daemon" "$state/run/daemon.pid" "wo"
stop "MCP Orchestrator" "$state/run/mcp-orchestrator.pid" "mcp-orchestrator"
