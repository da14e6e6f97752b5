#!/usr/bin/env bash
# Finds isthmus, or builds it from the checkout that this action lies in, and
# makes a folder for what the other steps leave.
#
#   ISTHMUS  the path of a program that is there already; "" builds one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

work=$(mktemp -d "$RUNNER_TEMP/isthmus.XXXXXX")
mkdir "$work/sections"
if [ -n "$ISTHMUS" ]; then
  isthmus=$(command -v -- "$ISTHMUS") || fail "isthmus: there is no program $ISTHMUS"
else
  command -v go >/dev/null || fail "go is missing: set it up before this action, or give a program with isthmus:"
  isthmus=$work/isthmus
  # The program knows its version where the action was checked out by Git.
  (cd "$here/../../.." && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$isthmus" ./cmd/isthmus)
fi
guarded "$isthmus" version
output isthmus "$isthmus"
output work "$work"
