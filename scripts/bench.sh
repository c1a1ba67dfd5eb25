#!/usr/bin/env bash
# Runs the benchmarks by name (default: all). Each prints a ratio against a peer or a limit measured in the same run,
# and writes a table under artifacts/bench/.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
mkdir -p artifacts/bench
build_if_needed
if command -v npm >/dev/null; then
    for tools in tests/EndToEndTests/tools tests/EndToEndTests/mcp-tools; do install_packages "$ROOT/$tools"; done
    install_engine
fi
export WO_TEST_OPENSPEC=$ROOT/tests/EndToEndTests/tools/node_modules/.bin/openspec
export WO_BENCH_WO=$WO # the programs as users run them
dotnet build tests/Benchmarks -c Release -v q -nologo
exec "$ROOT/artifacts/bin/Benchmarks/release/Benchmarks" "$@"
