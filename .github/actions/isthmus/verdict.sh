#!/usr/bin/env bash
# Fails the job where a step before found something wrong, once the comment has
# been written.
#
#   CHECK  the exit status of isthmus check
#   DIFF   the exit status of isthmus diff, or "" where there was nothing to
#          compare with
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/log.sh"

case $CHECK in
0) ;;
3) fail 'what is committed is not what mesh.yaml says' ;;
4) fail 'generated files were edited by hand' ;;
*) fail 'the mesh could not be rendered' ;;
esac
case ${DIFF:-0} in
0) ;;
3) fail 'the change holds risks that fail-on names' ;;
*) fail 'the change could not be compared' ;;
esac
