# Shared by the scripts: where things are, and building when needed. Sourced, not run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) RUNTIME=linux-x64 ;;
    Linux-aarch64) RUNTIME=linux-arm64 ;;
    Darwin-arm64) RUNTIME=osx-arm64 ;;
    Darwin-x86_64) RUNTIME=osx-x64 ;;
    *) printf 'This system (%s) is not supported.\n' "$(uname -sm)" >&2; exit 1 ;;
esac
if [[ $RUNTIME == linux-* && -e /etc/alpine-release ]]; then RUNTIME=${RUNTIME/linux-/linux-musl-}; fi
PROGRAMS=$ROOT/artifacts/programs
if [[ -e $ROOT/installed ]]; then # by scripts/install.sh: programs without sources
    WO=$ROOT/bin/wo
    MCP_ORCHESTRATOR=$ROOT/bin/mcp-orchestrator
else
    WO=$PROGRAMS/publish/WorkflowOrchestrator/release_$RUNTIME/wo
    MCP_ORCHESTRATOR=$PROGRAMS/publish/McpOrchestrator/release_$RUNTIME/mcp-orchestrator
fi

# The configuration file to name: what the user has set; else the project's own, when it runs from its sources. An installed program looks for
# config/orchestrator.yaml in the repository and for ~/.config/workflow-orchestrator/orchestrator.yaml by itself.
default_config() {
    if [[ -n ${WORKFLOW_ORCHESTRATOR_CONFIG:-} ]]; then
        printf '%s' "$WORKFLOW_ORCHESTRATOR_CONFIG"
    elif [[ ! -e $ROOT/installed ]]; then
        printf '%s' "$ROOT/config/orchestrator.yaml"
    fi
}

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# await_end PID SECONDS: until the process has ended, or the time is over.
await_end() {
    for _ in $(seq $((10 * $2))); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
}

# Builds both programs when they are missing or older than a source file. They are compiled ahead (ReadyToRun), so that they start at once;
# where the compiler for that cannot be restored, they are built plainly.
build_if_needed() {
    [[ ! -e $ROOT/installed ]] || return 0
    local stamp=$PROGRAMS/built
    mkdir -p "$ROOT/artifacts"
    if [[ -x $WO && -x $MCP_ORCHESTRATOR && -e $stamp ]] &&
        [[ -z $(find "$ROOT/src" "$ROOT"/Directory.*.props "$ROOT/global.json" -newer "$stamp" -type f -not -path '*/obj/*' -print -quit) ]]; then
        return
    fi
    command -v dotnet >/dev/null || fail "The .NET 10 SDK is needed: install it from your system's packages or https://dot.net, then start again."
    mkdir -p "$PROGRAMS"
    say "building (first start, or the sources have changed) …" >&2
    local project
    for project in McpOrchestrator WorkflowOrchestrator; do
        publish "$project" -p:PublishReadyToRun=true >"$PROGRAMS/build.log" 2>&1 || publish "$project" >"$PROGRAMS/build.log" 2>&1 || {
            cat "$PROGRAMS/build.log" >&2
            fail "The build failed: see above."
        }
    done
    touch "$stamp"
}

publish() {
    dotnet publish "$ROOT/src/$1" -c Release -r "$RUNTIME" --no-self-contained --artifacts-path "$PROGRAMS" -p:RunAnalyzers=false -v q -nologo "${@:2}"
}

# The npm packages of a folder, at the versions and hashes of its lock file. Not "npm ci": that wants every optional package of every platform
# in the lock file, and a registry need not carry those of other platforms. --no-save leaves the lock file alone.
install_packages() {
    local folder=$1
    shift
    [[ ! -e $folder/node_modules/.package-lock.json || $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]] || return 0
    (cd "$folder" && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel error "$@" >/dev/null)
    touch "$folder/node_modules/.package-lock.json"
}

# The real inference engine of the tests and benchmarks: prebuilt for one platform.
install_engine() {
    [[ $RUNTIME == linux-x64 ]] || return 0
    install_packages "$ROOT/tests/EndToEndTests/engine" --omit=optional
}
