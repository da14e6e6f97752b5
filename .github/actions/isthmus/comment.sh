#!/usr/bin/env bash
# Puts the sections onto the pull request as one comment, or as several where
# they are too long for one. Comments of an earlier run are changed in place and
# found by a hidden marker; those that are no longer needed are deleted. Where the
# token may not comment, as on a pull request from a fork, the sections go to the
# job's summary.
#
#   FILE     mesh.yaml; part of the marker, so that two meshes have two comments
#   WORK     install.sh's folder: the sections are $WORK/sections/*.md
#   CHANGED  whether the change does anything: true or false, "" where that is
#            not known
#   COMMENT  true, or anything else for the summary alone
#   PULL     the number of the pull request, or ""
#   AUTHOR   who writes the comments: nobody else's are touched
#   TOKEN    writes comments on pull requests
#
# Tests give ISTHMUS_COMMENT_LIMIT, bytes in a comment (GitHub takes 65,536
# characters), and ISTHMUS_COMMENT_PAUSE, seconds before the first new attempt;
# before each later one it waits twice as long.
set -euo pipefail
shopt -s nullglob
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"
. "$here/github.sh"
for program in curl jq; do
  command -v "$program" >/dev/null || fail "$program is missing, with which comments are written"
done

limit=${ISTHMUS_COMMENT_LIMIT:-65000}
attempts=6
most=10 # comments: more would bury what people say
key=$(printf '%s' "${FILE:-mesh.yaml}" | tr -c 'A-Za-z0-9._/-' _)
marker="<!-- isthmus $key part="
bodies=$WORK/bodies
rm -rf "$bodies" "$WORK/further.md"
mkdir "$bodies"

# pack fills the bodies with as many sections as each takes, none of them cut.
pack() {
  local section size used=0 room=$((limit - 400)) # for the marker
  total=1
  : >"$bodies/1.text"
  for section in "$WORK"/sections/*.md; do
    size=$(wc -c <"$section")
    if [ "$size" -gt "$room" ]; then
      printf '%d bytes are too many for a comment, and are in the summary of the job.\n' "$size" >"$WORK/long.md"
      over+=("$section")
      section=$WORK/long.md
      size=$(wc -c <"$section")
    fi
    if [ "$used" -gt 0 ] && [ "$((used + size + 1))" -gt "$room" ]; then
      total=$((total + 1))
      used=0
      : >"$bodies/$total.text"
    fi
    { cat "$section" && echo; } >>"$bodies/$total.text"
    used=$((used + size + 1))
  done
  empty=false
  if [ "$total" -eq 1 ] && [ "$used" -eq 0 ]; then
    empty=true
    echo '### isthmus: nothing changes in any cluster' >"$bodies/1.text"
  fi
  local n
  if [ "$total" -gt "$most" ]; then
    printf '%d further comments would be too many, and are in the summary of the job.\n' "$((total - most + 1))" >"$WORK/further.md"
    for ((n = most; n <= total; n++)); do
      over+=("$bodies/$n.text")
    done
    total=$most
  fi
  for ((n = 1; n <= total; n++)); do
    {
      printf '%s%d -->\n' "$marker" "$n"
      # shellcheck disable=SC2016 # the backquotes are Markdown
      [ -z "$FILE" ] || printf '`%s`\n\n' "$key"
      if [ "$n" -eq "$most" ] && [ -f "$WORK/further.md" ]; then
        cat "$WORK/further.md"
      else
        cat "$bodies/$n.text"
      fi
    } >"$bodies/$n.md"
    jq -n --rawfile body "$bodies/$n.md" '{$body}' >"$bodies/$n.json"
  done
}

# summarise writes files to the job's summary, as many as it takes.
summarise() {
  local file room left=0
  [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
  touch "$GITHUB_STEP_SUMMARY"
  for file in "$@"; do
    room=$((1048576 - 300 - $(wc -c <"$GITHUB_STEP_SUMMARY")))
    if [ "$left" -gt 0 ] || [ "$(wc -c <"$file")" -ge "$room" ]; then
      left=$((left + 1))
    else
      { cat "$file" && echo; } >>"$GITHUB_STEP_SUMMARY"
    fi
  done
  if [ "$left" -gt 0 ]; then
    printf '\n%d of %d parts are too many for this summary: run isthmus diff in a checkout to see them.\n' "$left" "$#" >>"$GITHUB_STEP_SUMMARY"
  fi
}

# instead says why there is no comment, and gives the sections to the summary.
instead() {
  local files=("$WORK"/sections/*.md)
  [ "$empty" = false ] || files=("$bodies/1.text")
  command_line "$1" "$2"
  printf '%s\n\n' "$2" >"$WORK/reason.md"
  summarise "$WORK/reason.md" "${files[@]}"
  output comment ''
  output parts 0
}

over=()
pack
if [ "$empty" = true ] && [ "$CHANGED" != false ]; then
  output comment ''
  output parts 0
  exit 0
fi
if [ "$COMMENT" != true ] || [ -z "$PULL" ]; then
  instead notice 'What changes is in the summary of the job.'
  exit 0
fi
[[ $PULL =~ ^[0-9]+$ ]] || fail "the number of a pull request is $PULL"

pause=${ISTHMUS_COMMENT_PAUSE:-2}
for ((attempt = 1; ; attempt++)); do
  status=0
  synchronise || status=$?
  case $status in
  0) break ;;
  "$refused")
    instead notice 'This token may not comment, as on a pull request from a fork: what changes is in the summary of the job.'
    exit 0
    ;;
  "$again")
    if [ "$attempt" -lt "$attempts" ]; then
      sleep "$(wait_for "$pause")"
      pause=$((pause * 2))
      continue
    fi
    ;;
  esac
  instead error "The comment could not be written: $said"
  exit 1
done
[ "${#over[@]}" -eq 0 ] || summarise "${over[@]}"
output comment "$address"
output parts "$written"
