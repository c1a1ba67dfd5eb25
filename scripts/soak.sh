#!/usr/bin/env bash
# Works a daemon for some minutes (saves, questions, answers, reloads, scrapes) and tells how its memory, handles, threads and files grew.
# What counts is the trend over the second half of the time: the slope of a straight line through the samples, when it is certain (three standard
# errors) and more than the limit. Exit code 1 then. Touches no other daemon: own repository, state, sockets and port.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
minutes=${1:-5}
case $minutes in
    -h | --help) say "usage: scripts/soak.sh [MINUTES]    (default 5; an hour for a release)"; exit 0 ;;
    *[!0-9]* | 0 | '') printf 'MINUTES is a whole number of minutes\n' >&2; exit 2 ;;
esac
[[ -r /proc/self/status ]] || fail "The soak reads /proc: Linux only."
build_if_needed
folder=$(mktemp -d "${TMPDIR:-/tmp}/wo-soak.XXXXXX")
repo=$folder/repo
export HOME=$folder XDG_STATE_HOME=$folder/state WORKFLOW_ORCHESTRATOR_SOCKET=$folder/wo.sock MCP_ORCHESTRATOR_SOCKET=$folder/mcp.sock
export WO__HTTP__LISTEN=127.0.0.1:0 LM_STUDIO_BASE_URL=http://127.0.0.1:9 WO__WORKFLOW_ORCHESTRATOR__SETTLE_MILLISECONDS=50
unset STATE_DIRECTORY WORKFLOW_ORCHESTRATOR_CONFIG
export GIT_AUTHOR_NAME=soak GIT_AUTHOR_EMAIL=soak@localhost GIT_COMMITTER_NAME=soak GIT_COMMITTER_EMAIL=soak@localhost
"$WO" demo create "$repo" >/dev/null
wo() { "$WO" --repo "$repo" "$@"; }
state=$(wo config paths | sed -n 's/^state=//p')
"$WO" --repo "$repo" run >"$folder/daemon.out" 2>&1 &
daemon=$!
cleanup() {
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
until wo status --wait ready --timeout 60 >/dev/null 2>&1; do
    kill -0 "$daemon" 2>/dev/null || { tail -n 5 "$folder/daemon.out" >&2; exit 1; }
    sleep 0.2
done
address=$(sed -n 's/.*health at \(http[^;]*\)\/healthz.*/\1/p' "$folder/daemon.out" | head -n 1)

field() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$daemon/status"; }
handles() { find "/proc/$daemon/fd" -mindepth 1 2>/dev/null | wc -l; }
watches() { cat /proc/"$daemon"/fdinfo/* 2>/dev/null | grep -c '^inotify' || true; }
# Files that the daemon keeps without bound would be a leak; its store, logs and document backups are bounded by retention and not counted.
leftovers() { find "$folder" \( -name '.wo-*' -o -name '*.tmp' \) -not -path '*/.git/*' | wc -l; }
sample() { printf '%s %s %s %s %s\n' "$(($(field VmRSS) / 1024))" "$(handles)" "$(field Threads)" "$(watches)" "$(leftovers)"; }

change=$(basename "$(find "$repo/openspec/changes" -mindepth 1 -maxdepth 1 -type d -not -name archive | head -n 1)")
turn() {
    local i=$1 name="soak-$(($1 % 20))"
    cp -R "$repo/openspec/changes/$change" "$repo/openspec/changes/$name" 2>/dev/null || true
    rm -f "$repo/openspec/changes/$name/review.md"
    printf '\nTurn %s.\n' "$i" >>"$repo/openspec/changes/$name/proposal.md"
    local question
    question=$(wo ask "How long may turn $i take?" --wait 0 --json | sed -n 's/.*"question_id": *"\([^"]*\)".*/\1/p' | head -n 1)
    [[ -z $question ]] || wo answer "$question" "No longer than $i seconds" >/dev/null || true
    wo reload >/dev/null
    wo status >/dev/null || true
    if command -v curl >/dev/null; then curl -fsS "$address/metrics" >/dev/null; fi
    if ((i % 5 == 4)); then rm -rf "${repo:?}/openspec/changes/soak-$(((i + 10) % 20))"; fi
}

samples=$folder/samples
say "minute  turns  rss_mb handles threads watches leftovers"
started=$SECONDS turns=0 next=0
while ((SECONDS - started < minutes * 60)); do
    kill -0 "$daemon" 2>/dev/null || { tail -n 20 "$folder/daemon.out" >&2; fail "the daemon has ended"; }
    turn "$turns"
    turns=$((turns + 1))
    if ((SECONDS - started >= next)); then
        now=$(sample)
        printf '%s %s\n' "$((SECONDS - started))" "$now" >>"$samples"
        ((next % 60)) || say "$((next / 60))       $turns  $now"
        next=$((next + 5))
    fi
done
say "$minutes       $turns  $(sample); store $(du -sk "$state" | cut -f1) KB"

# Least squares through the second half; growth an hour and its standard error.
awk -v half="$((minutes * 30))" '
    BEGIN { split("rss_mb handles threads watches leftovers", name); split("12 6 4 10 0", limit) }
    $1 >= half { n++; x = $1 / 3600; sx += x; sxx += x * x; for (i = 1; i <= 5; i++) { y = $(i + 1); sy[i] += y; sxy[i] += x * y; syy[i] += y * y } }
    END {
        if (n < 10) { print "too few samples for a verdict"; exit 1 }
        d = n * sxx - sx * sx
        for (i = 1; i <= 5; i++) {
            slope = (n * sxy[i] - sx * sy[i]) / d
            rest = syy[i] - sy[i] * sy[i] / n - slope * slope * d / n
            error = sqrt((rest > 0 ? rest : 0) / (n - 2) / (d / n))
            grew = slope > limit[i] && slope > 3 * error
            printf "%-9s mean %.1f, trend %+.1f an hour (standard error %.1f), limit %d: %s\n", name[i], sy[i] / n, slope, error, limit[i], grew ? "GREW" : "kept"
            bad = bad || grew
        }
        exit bad
    }' "$samples"
