#!/usr/bin/env bash
# Draws the mesh as the last section of the comment, folded.
#
#   ISTHMUS  the program
#   FILE     mesh.yaml; "" looks in the usual places
#   WORK     install.sh's folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

args=()
[ -z "$FILE" ] || args+=("--file=$FILE")

# What is wrong with the mesh, check has said.
guarded "$ISTHMUS" graph -o mermaid "${args[@]}" >"$WORK/graph.mmd" || exit 0
# GitHub draws no Mermaid that is longer.
if [ "$(wc -c <"$WORK/graph.mmd")" -gt 50000 ]; then
  echo 'The mesh is too large to be drawn here: isthmus graph -o svg draws it.'
else
  # shellcheck disable=SC2016 # the backquotes are Markdown
  printf '<details><summary>The mesh</summary>\n\n```mermaid\n'
  cat "$WORK/graph.mmd"
  # shellcheck disable=SC2016
  printf '```\n\n</details>\n'
fi >"$WORK/sections/3-graph.md"
