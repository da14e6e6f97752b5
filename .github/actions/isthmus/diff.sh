#!/usr/bin/env bash
# Says what the change does to each cluster, as sections of the comment. Never
# fails: verdict.sh does. A mesh that cannot be rendered gets no such step: check
# has said why.
#
#   ISTHMUS   the program
#   FILE      mesh.yaml; "" looks in the usual places
#   REVISION  what to compare with, from base.sh
#   FAIL_ON   the least risk that fails the job, "" for none
#   WORK      install.sh's folder
set -euo pipefail
shopt -s nullglob
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

# What was committed is what is applied, and that another isthmus may have made.
args=("--base=$REVISION" --committed)
[ -z "$FILE" ] || args+=("--file=$FILE")

# A part and comment.sh's marker are together no longer than a comment.
status=0
"$ISTHMUS" diff "${args[@]}" -o markdown --parts="$WORK/diff" --budget=64000 --exit-code >"$WORK/diff.log" 2>"$WORK/diff.err" || status=$?
guarded cat "$WORK/diff.err" >&2
changed=false
case $status in
0) ;;
3)
  changed=true
  status=0
  for part in "$WORK"/diff/*.md; do
    number=$(basename "$part" .md)
    mv "$part" "$(printf '%s/sections/2-diff-%04d.md' "$WORK" "$number")"
  done
  if [ -n "$FAIL_ON" ]; then
    guarded "$ISTHMUS" diff "${args[@]}" -o json --fail-on="$FAIL_ON" >"$WORK/diff.log" || status=$?
  fi
  ;;
*)
  {
    printf '### isthmus: the change could not be compared with %s\n\n' "$REVISION"
    quoted "$WORK/diff.err"
  } >"$WORK/sections/2-diff.md"
  ;;
esac
output status "$status"
output changed "$changed"
