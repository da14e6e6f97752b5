#!/usr/bin/env bash
# Finds the revision that a change starts from, and fetches it where the checkout
# is too shallow to hold it. The token is in this step's environment only: no
# file keeps it.
#
#   BASE       the revision that was asked for; "" finds it
#   PULL_BASE  the commit that the pull request is to be merged into, or ""
#   BEFORE     the commit before a push, or ""
#   TOKEN      reads the repository
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

revision=$BASE
# GitHub checks out its merge of the pull request, whose first parent is exactly
# what the change is merged into; the event may know an older one.
if [ -z "$revision" ] && [ -n "$PULL_BASE" ]; then
  revision=$PULL_BASE
  if [[ $GITHUB_REF == refs/pull/*/merge && $(git rev-parse HEAD) == "$GITHUB_SHA" ]]; then
    # A shallow checkout hides parents from all but the commit's own text.
    mapfile -t parents < <(git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p')
    if [ "${#parents[@]}" -eq 2 ]; then
      revision=${parents[0]}
    fi
  fi
fi
if [ -z "$revision" ] && [[ $BEFORE != *[!0]* ]]; then
  BEFORE='' # the zeros of a new branch
fi
revision=${revision:-$BEFORE}
if [ -z "$revision" ]; then
  command_line notice 'There is nothing to compare with: this is no pull request, and no push to a branch that was there. Give base: to name a revision.'
  output revision ''
  exit 0
fi
if [[ $revision == [-+]* || $revision == *:* ]]; then # an option, or a refspec
  fail "base: $revision is no revision"
fi

if ! git cat-file -e "$revision^{commit}" 2>/dev/null; then
  basic=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  # The empty header drops one that the checkout may have left in .git/config:
  # a server refuses two.
  key=http.$GITHUB_SERVER_URL/.extraheader
  export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=2
  export GIT_CONFIG_KEY_0=$key GIT_CONFIG_VALUE_0=
  export GIT_CONFIG_KEY_1=$key GIT_CONFIG_VALUE_1="Authorization: basic $basic"
  guarded git fetch --quiet --no-tags --depth=1 "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$revision"
  revision=FETCH_HEAD
fi
output revision "$(git rev-parse --verify "$revision^{commit}")"
