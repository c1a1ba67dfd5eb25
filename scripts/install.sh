#!/usr/bin/env bash
# Installs for this user: programs, `wo` on the PATH, a systemd user unit or a launchd agent, shell completion. Upgrades in place; data stays.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<'EOT'
usage: scripts/install.sh [--repo DIR] [--prefix DIR] [--force]
       scripts/install.sh --uninstall [--prefix DIR]

  --repo DIR     also start serving this repository now and at every login
  --prefix DIR   where the programs go (default: ${XDG_DATA_HOME:-~/.local/share}/workflow-orchestrator)
  --force        install an older version over a newer one
  --uninstall    stop what runs from there and remove everything but the state folder

example: scripts/install.sh --repo ~/src/shop
EOT
}

repo= prefix=${XDG_DATA_HOME:-$HOME/.local/share}/workflow-orchestrator uninstall= force=
while [[ $# -gt 0 ]]; do
    case $1 in
        --repo) [[ $# -ge 2 ]] || { usage >&2; exit 2; }; repo=$2; shift 2 ;;
        --prefix) [[ $# -ge 2 ]] || { usage >&2; exit 2; }; prefix=$2; shift 2 ;;
        --uninstall) uninstall=1; shift ;;
        --force) force=1; shift ;;
        -h | --help) usage; exit 0 ;;
        *) printf 'unknown argument: %s\n' "$1" >&2; usage >&2; exit 2 ;;
    esac
done
[[ $prefix == /* ]] || prefix=$PWD/$prefix
[[ ! -e $prefix || -e $prefix/installed || -z $(ls -A "$prefix") ]] || fail "$prefix exists and was not made by install.sh. Give another folder: --prefix DIR."

data=${XDG_DATA_HOME:-$HOME/.local/share}
config=${XDG_CONFIG_HOME:-$HOME/.config}
state=${XDG_STATE_HOME:-$HOME/.local/state}/workflow-orchestrator
link=$HOME/.local/bin/wo
unit=$config/systemd/user/workflow-orchestrator@.service
agent=$HOME/Library/LaunchAgents/io.workflow-orchestrator.plist
bash_completion=$data/bash-completion/completions/wo
zsh_completion=$data/zsh/site-functions/_wo
fish_completion=$config/fish/completions/wo.fish

user_manager() { [[ $(uname) == Linux ]] && command -v systemctl >/dev/null && systemctl --user show-environment >/dev/null 2>&1; }
ours() { [[ -L $1 && $(readlink "$1") == "$prefix"/* ]]; }
# Folders that we made and that are empty now; never the home itself.
prune() {
    local folder=$1
    while [[ $folder == "$HOME"/* ]] && rmdir "$folder" 2>/dev/null; do folder=$(dirname "$folder"); done
}

stop_running() {
    if user_manager; then
        local running
        running=$(systemctl --user list-units --plain --no-legend 'workflow-orchestrator@*' 2>/dev/null | awk '{ print $1 }')
        [[ -z $running ]] || systemctl --user "$1" $running || true
    fi
    if [[ $1 == stop && -e $agent ]] && command -v launchctl >/dev/null; then launchctl unload "$agent" 2>/dev/null || true; fi
    # What was started from there by hand: every repository has its folder with the process ids in it.
    local run
    for run in "$state"/*/run; do
        [[ -d $run && -x $prefix/scripts/stop-all.sh ]] || continue
        "$prefix/scripts/stop-all.sh" --state "$(dirname "$run")" --quiet || true
    done
}

if [[ -n $uninstall ]]; then
    [[ -e $prefix/installed ]] || fail "Nothing is installed in $prefix."
    stop_running stop
    if [[ -e $unit ]] && user_manager; then systemctl --user disable 'workflow-orchestrator@*' 2>/dev/null || true; fi
    ! ours "$link" || rm -f "$link"
    rm -f "$unit" "$agent" "$bash_completion" "$zsh_completion" "$fish_completion"
    rm -rf "$prefix"
    for folder in "$(dirname "$prefix")" "$HOME/.local/bin" "$(dirname "$unit")" "$(dirname "$agent")" "$(dirname "$bash_completion")" "$(dirname "$zsh_completion")" "$(dirname "$fish_completion")"; do
        prune "$folder"
    done
    if user_manager; then systemctl --user daemon-reload || true; fi
    say "Removed. What the daemon knew is still in $state; delete it when you no longer want it."
    exit 0
fi

build_if_needed
new=$("$WO" version)
new_schema=$(sed -n 's/^schema=//p' <<<"$new") new_version=$(sed -n 's/^version=//p' <<<"$new")
if [[ -e $prefix/installed && -z $force ]]; then
    old_schema=$(sed -n 's/^schema=//p' "$prefix/installed") old_version=$(sed -n 's/^version=//p' "$prefix/installed")
    newest=$(printf '%s\n' "$old_version" "$new_version" | sort -V | tail -n 1)
    if ((old_schema > new_schema)) || [[ $newest != "$new_version" ]]; then
        fail "Version $old_version (schema $old_schema) is installed, this is the older $new_version (schema $new_schema). Its daemon would refuse a store of the newer one.
Take the newer sources, or: scripts/install.sh --force, and then 'wo restore FILE' with a backup of that time."
    fi
fi

# The new tree is complete before it takes the place of the old one.
next=$prefix.next
rm -rf "$next"
mkdir -p "$next/bin" "$next/lib" "$next/scripts" "$next/config"
cp -R "$(dirname "$WO")" "$next/lib/wo"
cp -R "$(dirname "$MCP_ORCHESTRATOR")" "$next/lib/mcp-orchestrator"
ln -s ../lib/wo/wo "$next/bin/wo"
ln -s ../lib/mcp-orchestrator/mcp-orchestrator "$next/bin/mcp-orchestrator"
cp "$ROOT"/scripts/*.sh "$next/scripts/"
cp -R "$ROOT"/config/. "$next/config/"
cp -R "$ROOT/deploy" "$next/deploy"
printf '%s\n' "$new" >"$next/installed"
stop_running stop
rm -rf "$prefix.old"
if [[ -e $prefix ]]; then mv "$prefix" "$prefix.old"; fi
mv "$next" "$prefix"
rm -rf "$prefix.old"
say "programs             $prefix"

if [[ -e $link || -L $link ]] && ! ours "$link"; then
    say "wo                   KEPT      $link is something else; the command is $prefix/bin/wo"
else
    mkdir -p "$(dirname "$link")"
    ln -sfn "$prefix/bin/wo" "$link"
    case ":$PATH:" in
        *":$HOME/.local/bin:"*) say "wo                   $link" ;;
        *) say "wo                   $link (add ~/.local/bin to your PATH)" ;;
    esac
fi
mkdir -p "$(dirname "$bash_completion")" "$(dirname "$zsh_completion")" "$(dirname "$fish_completion")"
"$prefix/bin/wo" completion bash >"$bash_completion"
"$prefix/bin/wo" completion zsh >"$zsh_completion"
"$prefix/bin/wo" completion fish >"$fish_completion"
say "completion           bash, zsh, fish"

if [[ $(uname) == Darwin ]]; then
    if [[ -n $repo ]]; then
        mkdir -p "$(dirname "$agent")" "$state"
        sed -e "s|@PREFIX@|$prefix|g" -e "s|@REPO@|$(cd "$repo" && pwd)|g" -e "s|@STATE@|$state|g" "$ROOT/deploy/launchd/io.workflow-orchestrator.plist" >"$agent"
        launchctl load -w "$agent"
        say "service              $agent"
    else
        say "service              none: give --repo DIR to serve a repository at every login"
    fi
else
    mkdir -p "$(dirname "$unit")"
    sed "s|@PREFIX@|$prefix|g" "$ROOT/deploy/systemd/workflow-orchestrator-user@.service" >"$unit"
    if user_manager; then systemctl --user daemon-reload; fi
    say "service              $unit"
    if [[ -n $repo ]]; then
        instance="workflow-orchestrator@$(systemd-escape --path "$(cd "$repo" && pwd)").service"
        user_manager || fail "No systemd user manager is running here; start it by hand: $prefix/scripts/start-all.sh --repo $repo"
        systemctl --user enable --now "$instance"
        say "started              $instance"
    fi
fi
say "installed version    $new_version. Next: wo doctor"
