#!/usr/bin/env bash
# Tells on the terminal what the daemon did with the demo's change. Used by start-all.sh --demo.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
repo=$1 mcp_socket=$2
wo() { "$WO" --repo "$repo" "$@"; }
change=$(ls "$repo/openspec/changes" | grep -v '^archive$' | head -n 1)

say ""
say "--- the change '$change' is worked on"
status=0
wo process "$change" --wait --timeout 120 || status=$?
# A model may ask what only a person can answer, and the demo has none: it says so, as a person would, and the work goes on.
open_questions() { wo questions --change "$change" --json | grep -o '"question_id": *"[^"]*"' | cut -d'"' -f4 || true; }
for _ in 1 2 3; do
    [[ $status != 0 ]] || break
    questions=$(open_questions)
    [[ -n $questions ]] || break
    for question in $questions; do
        say "(the demo has nobody to ask: $question is dismissed)"
        wo answer "$question" --dismiss "the demo has nobody to ask" || true
    done
    status=0
    wo process "$change" --wait --timeout 120 || status=$?
done
say ""
say "--- findings, questions, answers and updates"
wo show "$change"
say ""
say "--- what was written"
for update in $(wo updates --change "$change" --ids); do
    wo diff "$update"
done
say ""
say "--- the commit"
git -C "$repo" --no-pager log -1 --stat --format='commit %h%n%n%B'

say ""
say "--- an agent of each kind is asked"
ask() {
    say "> $1: $2"
    "$MCP_ORCHESTRATOR" ask "$2" --agent "$1" --socket "$mcp_socket" || [[ $1 == architect ]] || status=1
}
ask librarian "What is the limit for latency in 'Search results'?"
ask inbox "Which questions have been asked?"
ask history "Which commit changed $change?"
ask architect "How fast must search results be?" # a model: tells honestly when no model server is there
exit "$status"
