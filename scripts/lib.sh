# Shared by the scripts: where things are, and building when needed. Sourced, not run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WO=$ROOT/artifacts/bin/WorkflowOrchestrator/release/wo
MCP_ORCHESTRATOR=$ROOT/artifacts/bin/McpOrchestrator/release/mcp-orchestrator

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Builds both programs when they are missing or older than a source file.
build_if_needed() {
    local stamp=$ROOT/artifacts/built
    if [[ -x $WO && -x $MCP_ORCHESTRATOR && -e $stamp ]] &&
        [[ -z $(find "$ROOT/src" "$ROOT"/Directory.*.props "$ROOT/global.json" -newer "$stamp" -type f -not -path '*/obj/*' -print -quit) ]]; then
        return
    fi
    command -v dotnet >/dev/null || fail "The .NET 10 SDK is needed: install it from your system's packages or https://dot.net, then start again."
    say "building (first start, or the sources have changed) …" >&2
    local project
    for project in McpOrchestrator WorkflowOrchestrator; do
        dotnet build "$ROOT/src/$project" -c Release -v q -nologo >"$ROOT/artifacts/build.log" 2>&1 || {
            cat "$ROOT/artifacts/build.log" >&2
            fail "The build failed: see above."
        }
    done
    touch "$stamp"
}
