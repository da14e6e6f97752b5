#!/usr/bin/env bash
# Says whether what is committed is what mesh.yaml says: as annotations, and as
# the first section of the comment where it is not. Never fails: verdict.sh does.
#
#   ISTHMUS  the program
#   FILE     mesh.yaml; "" looks in the usual places
#   WORK     install.sh's folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

args=(check)
[ -z "$FILE" ] || args+=("--file=$FILE")

status=0
guarded "$ISTHMUS" "${args[@]}" -o github >"$WORK/check.log" || status=$?
cat "$WORK/check.log"
output status "$status"

# shellcheck disable=SC2016 # the backquotes are Markdown
case $status in
0) exit 0 ;;
3) title=$'### isthmus: what is committed is not what mesh.yaml says\n\nRun `isthmus render` and commit what it writes.' ;;
4) title=$'### isthmus: generated files were edited by hand\n\nMake the change in mesh.yaml, run `isthmus render --force` and commit what it writes.' ;;
*) title='### isthmus: the mesh could not be rendered' ;;
esac
"$ISTHMUS" "${args[@]}" >"$WORK/check.txt" 2>&1 || true
{
  printf '%s\n\n' "$title"
  quoted "$WORK/check.txt"
} >"$WORK/sections/1-check.md"
