# shellcheck shell=bash disable=SC2034,SC2154
# The comments of a pull request by GitHub's API. comment.sh says what the
# variables are.
#
# A pass starts by listing what is there, and a pass that failed is followed by
# another: what a server has done although it answered with an error is found,
# and not done twice.

refused=3 # the token may not
again=4   # what failed may pass

# ask sends a request, with a body where one is given, and sets code. The token
# reaches curl by its standard input: arguments can be read by every process.
ask() {
  local body=()
  [ $# -lt 3 ] || body=(--header 'Content-Type: application/json' --data-binary "@$3")
  [[ $TOKEN =~ ^[A-Za-z0-9._~+/=-]+$ ]] || fail 'token: is empty, or holds what no token holds'
  code=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
    curl --config - --silent --proto '=http,https' --connect-timeout 10 --max-time 60 \
      --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
      --request "$1" "${body[@]}" --dump-header "$WORK/headers" --output "$WORK/reply" --write-out '%{http_code}' \
      "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$2") || code=000
}

# header gives the value of a header of the last answer.
header() {
  [ ! -f "$WORK/headers" ] || tr -d '\r' <"$WORK/headers" | sed -n "s/^$1: *//Ip" | tail -n 1
}

# failed says what the last answer means, as a status.
failed() {
  said="$1: status $code"
  case $code in
  000) said="$1: no answer" ;;
  403) [ "$(header x-ratelimit-remaining)" = 0 ] || [ -n "$(header retry-after)" ] || return "$refused" ;;
  404) [ "$1" = PATCH ] || return "$refused" ;; # somebody has deleted it since
  429 | 5??) ;;
  *)
    said+=": $(jq -r '.message // empty' "$WORK/reply" 2>/dev/null | tr -d '[:cntrl:]' | cut -c 1-200)"
    return 1
    ;;
  esac
  return "$again"
}

# wait_for gives the seconds to wait: what the server asks for, else its
# argument.
wait_for() {
  local seconds
  seconds=$(header retry-after)
  if [[ $seconds =~ ^[0-9]+$ ]] && [ "$seconds" -le 120 ]; then
    echo "$seconds"
  else
    echo "$1"
  fi
}

# list finds the comments of earlier runs: $WORK/found has a line for each.
list() {
  local page
  : >"$WORK/found"
  for ((page = 1; ; page++)); do
    rm -f "$WORK/headers"
    ask GET "$PULL/comments?per_page=100&page=$page"
    [ "$code" = 200 ] || { failed GET; return; }
    jq -c --arg author "$AUTHOR" --arg marker "$marker" '.[]
      | select(.user.login == $author and (.body | startswith($marker)))
      | {id, html_url, body, part: (.body | ltrimstr($marker) | split(" ")[0] | tonumber? // 0)}' "$WORK/reply" >>"$WORK/found"
    [[ $(header link) == *'rel="next"'* ]] || return 0
  done
}

# synchronise makes the comments be the bodies: one pass.
synchronise() {
  local n ids id
  written=0
  address=
  list || return
  for ((n = 1; n <= total; n++)); do
    mapfile -t ids < <(jq -r --argjson n "$n" 'select(.part == $n).id' "$WORK/found" | sort -n)
    if [ "${#ids[@]}" -gt 0 ]; then
      change "${ids[0]}" "$n" || return
    elif [ "$empty" = false ]; then
      create "$n" || return
    else
      continue
    fi
    written=$((written + 1))
    for id in "${ids[@]:1}"; do # of two runs at once
      remove "$id" || return
    done
  done
  mapfile -t ids < <(jq -r --argjson n "$total" 'select(.part > $n).id' "$WORK/found")
  for id in "${ids[@]}"; do
    remove "$id" || return
  done
}

# change gives a comment another body, unless it has it.
change() {
  if ! jq -e --argjson id "$1" --slurpfile want "$bodies/$2.json" -n \
    'def text: gsub("\r"; "") | sub("\\s+$"; ""); [inputs] | any(.id == $id and (.body | text) == ($want[0].body | text))' "$WORK/found" >/dev/null; then
    ask PATCH "comments/$1" "$bodies/$2.json"
    [ "$code" = 200 ] || { failed PATCH; return; }
  fi
  [ "$2" -ne 1 ] || address=$(jq -r --argjson id "$1" 'select(.id == $id).html_url // empty' "$WORK/found")
}

create() {
  local login
  ask POST "$PULL/comments" "$bodies/$1.json"
  [ "$code" = 201 ] || { failed POST; return; }
  [ "$1" -ne 1 ] || address=$(jq -r '.html_url // empty' "$WORK/reply")
  login=$(jq -r '.user.login' "$WORK/reply")
  if [ "$login" != "$AUTHOR" ]; then
    said="it was written by $login, where the next run looks for comments of $AUTHOR; give author: $login"
    return 1
  fi
}

remove() {
  ask DELETE "comments/$1"
  [ "$code" = 204 ] || [ "$code" = 404 ] || failed DELETE
}
