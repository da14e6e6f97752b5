# shellcheck shell=bash
# What the steps say in the log of a workflow. The runner takes a line that
# starts with :: as a command, and one that holds ##[ too: what comes from a pull
# request must not be one.

# command_line prints a workflow command: command_line error 'it is wrong'.
command_line() {
  local message=$2
  message=${message//'%'/%25}
  message=${message//$'\r'/%0D}
  message=${message//$'\n'/%0A}
  printf '::%s title=isthmus::%s\n' "$1" "$message"
}

fail() {
  command_line error "$1"
  exit 1
}

# guarded runs a program whose standard error is shown and gives no command. Its
# standard output is the caller's to redirect.
guarded() {
  local stop status=0
  stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$stop" >&2
  "$@" || status=$?
  printf '\n::%s::\n' "$stop" >&2
  return "$status"
}

# output gives a value to the steps that follow. It is one line.
output() {
  printf '%s=%s\n' "$1" "${2//[$'\r\n']/ }" >>"$GITHUB_OUTPUT"
}

# quoted prints what a program has said as a code block of Markdown, in which
# nothing means anything: 40 lines of it at most.
quoted() {
  local lines
  lines=$(wc -l <"$1")
  head -n 40 "$1" | LC_ALL=C tr -d '\000-\010\013-\037\177' | cut -c 1-500 | sed 's/^/    /'
  if [ "$lines" -gt 40 ]; then
    printf '\n%d more lines are in the log of the job.\n' "$((lines - 40))"
  fi
}
