#!/usr/bin/env bash
# Sets up what the tests need and runs all of them. Last line: N passed, N failed, N skipped.
#   --quick   no browser, no external command lines (unit and in-process tests only)
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
quick=
for argument in "$@"; do
    case $argument in
        --quick) quick=1 ;;
        -h | --help) say "usage: scripts/test.sh [--quick]"; exit 0 ;;
        *) printf 'unknown argument: %s\n' "$argument" >&2; exit 2 ;;
    esac
done
mkdir -p artifacts/test-results
need() { command -v "$1" >/dev/null || fail "The tests need $1. $2"; }
need dotnet "Install the .NET 10 SDK."
need git "Install git."
if [[ -z $(find /lib /usr/lib /usr/local/lib -name 'libsqlite3.so.0' -o -name 'libsqlite3.dylib' 2>/dev/null | head -n 1) && $(uname) == Linux ]]; then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq libsqlite3-0 >/dev/null
    else
        fail "libsqlite3 is missing: apt install libsqlite3-0"
    fi
fi

filter=()
if [[ -n $quick ]]; then
    filter=(--filter "Category!=EndToEnd&Category!=Differential")
else
    need node "Install Node.js 20.19 or newer."
    need npm "Install npm."
    for tools in tests/EndToEndTests/tools tests/EndToEndTests/mcp-tools tests/EndToEndTests/browser tests/McpOrchestrator.Tests/tools; do
        install_packages "$ROOT/$tools"
    done
    # Debian's systemd-analyze judges the units; its promtool and Prometheus judge metrics and alert rules. Prometheus is unpacked, not installed:
    # nothing of it starts by itself.
    if [[ $(uname) == Linux ]] && command -v apt-get >/dev/null; then
        if ! command -v systemd-analyze >/dev/null && [[ $(id -u) == 0 ]]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd >/dev/null; fi
        fetched=$ROOT/artifacts/tools
        if ! command -v promtool >/dev/null && [[ ! -x $fetched/prometheus/usr/bin/promtool ]]; then
            mkdir -p "$fetched"
            (cd "$fetched" && { apt-get download -qq prometheus 2>/dev/null || { [[ $(id -u) == 0 ]] && apt-get update -qq && apt-get download -qq prometheus; }; } && dpkg -x prometheus_*.deb prometheus && rm -f prometheus_*.deb) ||
                say "Prometheus could not be fetched: the tests with it do not run." >&2
        fi
    fi
    need systemd-analyze "Install systemd (only its tools are used)."
    export WO_TEST_OPENSPEC=$ROOT/tests/EndToEndTests/tools/node_modules/.bin/openspec
    install_engine
fi

locked=()
[[ ${CI:-} == true ]] && locked=(-p:RestoreLockedMode=true)
dotnet restore -v q "${locked[@]}"
dotnet build -c Release -v q -nologo --no-restore
build_if_needed

# One project after the other: on a small machine the process tests would starve beside the property tests.
status=0 log=artifacts/test-results/summary.log
: >"$log"
for project in tests/OpenSpec.Tests tests/McpOrchestrator.Tests tests/WorkflowOrchestrator.Tests tests/EndToEndTests; do
    dotnet test "$project" -c Release --no-build --nologo --logger "trx;LogFileName=$(basename "$project").trx" \
        --results-directory artifacts/test-results --blame-hang-timeout 10m "${filter[@]}" 2>&1 | tee -a "$log" || status=1
done
sum() { sed -n "s/.*$1: *\([0-9][0-9]*\),.*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[[ $passed -gt 0 ]] || status=1
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
exit "$status"
