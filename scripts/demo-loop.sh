#!/usr/bin/env bash
# Shows the improvement loop on the terminal: the daemon finds a planted bottleneck in its own work, proposes a change, tries it, measures it, keeps it.
# Used by start-all.sh --demo --loop.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
repo=$1
wo() { "$WO" --repo "$repo" "$@"; }

say ""
say "--- the improvement loop: one question at a time, and an agent that could take four"
wo tunables
status=0
wo demo load --agent desk || status=$?
say ""
say "--- what it found and did"
wo feedback | grep -E '^(bottlenecks|efficiency):' || true
wo improvements
wo tunables
# The verdict is written into the change, and the change archived, within a few seconds.
for _ in {1..60}; do
    [[ -z $(ls "$repo/openspec/changes/archive" 2>/dev/null | grep improve- || true) ]] || break
    sleep 0.5
done
for archived in "$repo"/openspec/changes/archive/*improve-*/proposal.md; do
    say ""
    say "--- ${archived#"$repo"/}"
    cat "$archived"
done
exit "$status"
