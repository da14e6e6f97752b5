#!/bin/sh
# Tries the mesh guide in its clusters. Printed by isthmus verify --print: print
# it again when mesh.yaml changes.
#
# It makes a pod in Istio's namespace of each cluster, and where namespaces get
# sidecars another one with a sidecar. It deletes them at its end; they end by
# themselves after 15 minutes. It changes nothing else.
#
# Each check prints a line: PASS, FAIL or SKIP. Exit status: 0 where no check
# failed, 1 where one did. It needs kubectl; what istiod says needs istioctl.
# shellcheck disable=SC2317,SC2329 # not every mesh needs every function
set -u

# The context of each cluster: set the variable, or change it here.
CONTEXT_main0=${CONTEXT_main0:-main0}
CONTEXT_remote0=${CONTEXT_remote0:-remote0}
TIMEOUT=${TIMEOUT:-120} # seconds in which a pod has to start

passed=0
failed=0
skipped=0

pass() {
	passed=$((passed + 1))
	printf 'PASS %s\n' "$1"
}

# fail <check> <reason>
fail() {
	failed=$((failed + 1))
	printf 'FAIL %s\n' "$1"
	[ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/     /'
}

# skip <check> <reason>
skip() {
	skipped=$((skipped + 1))
	printf 'SKIP %s: %s\n' "$1" "$2"
}

# ready <check> <context> <namespace> <deployment>
ready() {
	if out=$(kubectl --context "$2" -n "$3" wait --for=condition=Available "deployment/$4" --timeout=10s 2>&1 </dev/null); then
		pass "$1"
	else
		fail "$1" "$out"
	fi
}

# webhook <check> <context> <name>: without a CA, the API server trusts no injector
webhook() {
	if ! out=$(kubectl --context "$2" --request-timeout=20s get mutatingwebhookconfiguration "$3" -o 'jsonpath={range .webhooks[*]}{.name} {.clientConfig.caBundle}{"\n"}{end}' 2>&1 </dev/null); then
		fail "$1" "$out"
	elif [ -z "$out" ]; then
		fail "$1" 'it holds no webhook'
	elif bare=$(printf '%s\n' "$out" | awk 'NF < 2 { print $1 }') && [ -n "$bare" ]; then
		fail "$1" "without caBundle: $bare"
	else
		pass "$1"
	fi
}

# start <check> <context> <namespace> <manifest>: makes a pod, and sets pod to its
# name
start() {
	if pod=$("$4" | kubectl --context "$2" --request-timeout=20s -n "$3" create -o name -f - 2>&1); then
		pod=${pod##*/}
	else
		fail "$1" "$pod"
		pod=
	fi
}

# await <check> <context> <namespace> <pod>: sets pod to its name once it is ready
await() {
	pod=
	[ -n "$4" ] || return 0
	if out=$(kubectl --context "$2" -n "$3" wait --for=condition=Ready "pod/$4" --timeout="${TIMEOUT}s" 2>&1 </dev/null); then
		pass "$1"
		pod=$4
	else
		fail "$1" "$out
$(kubectl --context "$2" --request-timeout=20s -n "$3" get pod "$4" 2>&1 </dev/null)"
	fi
}

# address <context> <namespace> <pod>
address() {
	[ -z "$3" ] || kubectl --context "$1" --request-timeout=20s -n "$2" get pod "$3" -o 'jsonpath={.status.podIP}' </dev/null
}

# sidecar <check> <context> <namespace> <pod>
sidecar() {
	if [ -z "$4" ]; then
		skip "$1" 'the pod did not start'
		return
	fi
	out=$(kubectl --context "$2" --request-timeout=20s -n "$3" get pod "$4" -o 'jsonpath={.spec.containers[*].name} {.spec.initContainers[*].name}' 2>&1 </dev/null)
	case " $out " in
	*' istio-proxy '*) pass "$1" ;;
	*) fail "$1" "its containers are: $out" ;;
	esac
}

# inside <context> <namespace> <pod> <command>...
inside() {
	context=$1 namespace=$2 in=$3
	shift 3
	kubectl --context "$context" -n "$namespace" exec "$in" -c probe -- "$@" 2>&1 </dev/null
}

# fetch <context> <namespace> <pod> <curl argument>...: prints the HTTP status, and
# the reason where there was none
fetch() {
	context=$1 namespace=$2 in=$3
	shift 3
	inside "$context" "$namespace" "$in" curl -sS -k -o /dev/null -w '%{http_code} ' --connect-timeout 5 --max-time 10 "$@"
}

# lost <check> <context> <namespace> <pod>: skips a check whose pod has ended, which
# fails once for each pod; a check says nothing without its pod
lost() {
	state=$(kubectl --context "$2" --request-timeout=20s -n "$3" get pod "$4" -o 'jsonpath={.status.phase} {.status.reason} {.status.message}' 2>&1 </dev/null)
	case $state in
	Succeeded\ * | Failed\ * | *'(NotFound)'*) ;;
	*) return 1 ;;
	esac
	case $ended in
	*" $4 "*) ;;
	*)
		ended="$ended$4 "
		fail "the pod $4 runs until all is checked" "$state"
		;;
	esac
	skip "$1" "the pod $4 has ended"
}
ended=' '

# reach <check> <context> <namespace> <pod> <address> <its context> <its pod>: a
# pod of another cluster
reach() {
	if [ -z "$4" ] || [ -z "$5" ]; then
		skip "$1" 'one of the pods did not start'
		return
	fi
	case $5 in
	*:*) out=$(fetch "$2" "$3" "$4" "https://[$5]:8443/") ;;
	*) out=$(fetch "$2" "$3" "$4" "https://$5:8443/") ;;
	esac
	case $out in
	200*) pass "$1" ;;
	*) lost "$1" "$2" "$3" "$4" || lost "$1" "$6" "$3" "$7" || fail "$1" "$5 answered: $out" ;;
	esac
}

# server <check> <context> <namespace> <pod> <url>: an API server that answers,
# also to say that it does not know who asks
server() {
	if [ -z "$4" ]; then
		skip "$1" 'the pod did not start'
		return
	fi
	out=$(fetch "$2" "$3" "$4" "$5")
	case $out in
	200* | 401* | 403*) pass "$1" ;;
	*) lost "$1" "$2" "$3" "$4" || fail "$1" "$5 answered: $out" ;;
	esac
}

# names <check> <context> <namespace> <pod> <host:port> <server name> <name>: the
# certificate there has to hold the name
names() {
	if [ -z "$4" ]; then
		skip "$1" 'the pod did not start'
		return
	fi
	# shellcheck disable=SC2016 # expands in the pod
	out=$(inside "$2" "$3" "$4" sh -c 'timeout 10 openssl s_client -connect "$1" -servername "$2" </dev/null 2>&1 | openssl x509 -noout -text 2>&1' sh "$5" "$6")
	if printf '%s\n' "$out" | tr -s ', ' '\n' | grep -qxF -e "$7"; then
		pass "$1"
	elif ! lost "$1" "$2" "$3" "$4"; then
		fail "$1" "$5 shows: $(printf '%s\n' "$out" | grep -i -e DNS: -e URI: -e error | head -n 3)"
	fi
}

# registered <check> <context> <cluster> <istioctl argument>...: every istiod has
# read the cluster
registered() {
	check=$1 context=$2 cluster=$3
	shift 3
	if ! command -v istioctl >/dev/null; then
		skip "$check" 'istioctl is not installed'
	elif ! out=$(istioctl --context "$context" remote-clusters "$@" 2>&1 </dev/null); then
		fail "$check" "$out"
	elif printf '%s\n' "$out" | awk -v cluster="$cluster" '$1 == cluster { seen = 1; if ($0 !~ /[ \t]synced/) late = 1 } END { exit !seen || late }'; then
		pass "$check"
	else
		fail "$check" "$out"
	fi
}

# connected <check> <context> <pod> <namespace> <its context> <istioctl argument>...:
# an istiod has the sidecar of the pod
connected() {
	check=$1 context=$2 in=$3 namespace=$4 home=$5
	shift 5
	if [ -z "$in" ]; then
		skip "$check" 'the pod did not start'
	elif ! command -v istioctl >/dev/null; then
		skip "$check" 'istioctl is not installed'
	elif ! out=$(istioctl --context "$context" proxy-status "$@" 2>&1 </dev/null); then
		fail "$check" "$out"
	elif printf '%s\n' "$out" | awk -v proxy="$in.$namespace" '$1 == proxy { found = 1 } END { exit !found }'; then
		pass "$check"
	elif ! lost "$check" "$home" "$namespace" "$in"; then
		fail "$check" "no line of istioctl proxy-status is for $in.$namespace"
	fi
}

# call <check> <context> <namespace> <pod> <curl argument>...: any answer of the
# application counts, those of a proxy without one do not
call() {
	check=$1 context=$2 namespace=$3 in=$4
	shift 4
	if [ -z "$in" ]; then
		skip "$check" 'the pod did not start'
		return
	fi
	out=$(fetch "$context" "$namespace" "$in" "$@")
	case $out in
	000* | 502* | 503* | 504*) lost "$check" "$context" "$namespace" "$in" || fail "$check" "answered: $out" ;;
	[1-5][0-9][0-9]\ *) pass "$check" ;;
	*) lost "$check" "$context" "$namespace" "$in" || fail "$check" "$out" ;;
	esac
}

# The pods: manifests, and in which clusters one was made.
manifest_1() {
	cat <<'END'
{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {
    "annotations": {
      "sidecar.istio.io/inject": "false"
    },
    "generateName": "isthmus-verify-",
    "labels": {
      "app.kubernetes.io/name": "isthmus-verify",
      "sidecar.istio.io/inject": "false"
    }
  },
  "spec": {
    "activeDeadlineSeconds": 900,
    "automountServiceAccountToken": false,
    "containers": [
      {
        "command": [
          "sh",
          "-c",
          "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=isthmus-verify -keyout /tmp/key -out /tmp/cert && exec openssl s_server -accept 8443 -key /tmp/key -cert /tmp/cert -www"
        ],
        "image": "docker.io/istio/proxyv2:1.4.10",
        "name": "probe",
        "readinessProbe": {
          "periodSeconds": 2,
          "tcpSocket": {
            "port": 8443
          }
        },
        "resources": {
          "requests": {
            "cpu": "10m",
            "memory": "32Mi"
          }
        },
        "securityContext": {
          "allowPrivilegeEscalation": false,
          "capabilities": {
            "drop": [
              "ALL"
            ]
          }
        }
      }
    ],
    "restartPolicy": "Never",
    "securityContext": {
      "runAsNonRoot": true,
      "runAsUser": 65534
    },
    "terminationGracePeriodSeconds": 1
  }
}
END
}
manifest_2() {
	cat <<'END'
{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {
    "generateName": "isthmus-verify-",
    "labels": {
      "app.kubernetes.io/name": "isthmus-verify"
    }
  },
  "spec": {
    "activeDeadlineSeconds": 900,
    "containers": [
      {
        "command": [
          "sleep",
          "900"
        ],
        "image": "docker.io/istio/proxyv2:1.4.10",
        "name": "probe",
        "resources": {
          "requests": {
            "cpu": "10m",
            "memory": "32Mi"
          }
        },
        "securityContext": {
          "allowPrivilegeEscalation": false,
          "capabilities": {
            "drop": [
              "ALL"
            ]
          }
        }
      }
    ],
    "restartPolicy": "Never",
    "securityContext": {
      "runAsNonRoot": true,
      "runAsUser": 65534
    },
    "terminationGracePeriodSeconds": 1
  }
}
END
}
MADE_main0=
MADE_SIDECAR_main0=
MADE_remote0=
MADE_SIDECAR_remote0=

clean() {
	[ -z "$MADE_main0" ] || kubectl --context "$CONTEXT_main0" --request-timeout=20s -n istio-system delete pod "$MADE_main0" --wait=false >/dev/null </dev/null
	[ -z "$MADE_SIDECAR_main0" ] || kubectl --context "$CONTEXT_main0" --request-timeout=20s -n default delete pod "$MADE_SIDECAR_main0" --wait=false >/dev/null </dev/null
	[ -z "$MADE_remote0" ] || kubectl --context "$CONTEXT_remote0" --request-timeout=20s -n istio-system delete pod "$MADE_remote0" --wait=false >/dev/null </dev/null
	[ -z "$MADE_SIDECAR_remote0" ] || kubectl --context "$CONTEXT_remote0" --request-timeout=20s -n default delete pod "$MADE_SIDECAR_remote0" --wait=false >/dev/null </dev/null
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

# Is what was installed ready?
ready 'main0: istio-pilot is available' "$CONTEXT_main0" istio-system istio-pilot
ready 'main0: istio-galley is available' "$CONTEXT_main0" istio-system istio-galley
ready 'main0: istio-citadel is available' "$CONTEXT_main0" istio-system istio-citadel
ready 'main0: istio-sidecar-injector is available' "$CONTEXT_main0" istio-system istio-sidecar-injector
webhook 'main0: webhook istio-sidecar-injector has its CA' "$CONTEXT_main0" istio-sidecar-injector
ready 'remote0: istio-citadel is available' "$CONTEXT_remote0" istio-system istio-citadel
ready 'remote0: istio-sidecar-injector is available' "$CONTEXT_remote0" istio-system istio-sidecar-injector
webhook 'remote0: webhook istio-sidecar-injector has its CA' "$CONTEXT_remote0" istio-sidecar-injector

# Do pods start?
start 'main0: a pod starts' "$CONTEXT_main0" istio-system manifest_1
MADE_main0=$pod
start 'main0: a pod with a sidecar starts' "$CONTEXT_main0" default manifest_2
MADE_SIDECAR_main0=$pod
start 'remote0: a pod starts' "$CONTEXT_remote0" istio-system manifest_1
MADE_remote0=$pod
start 'remote0: a pod with a sidecar starts' "$CONTEXT_remote0" default manifest_2
MADE_SIDECAR_remote0=$pod
await 'main0: a pod starts' "$CONTEXT_main0" istio-system "$MADE_main0"
POD_main0=$pod
IP_main0=$(address "$CONTEXT_main0" istio-system "$POD_main0")
await 'main0: a pod with a sidecar starts' "$CONTEXT_main0" default "$MADE_SIDECAR_main0"
SIDECAR_main0=$pod
sidecar 'main0: namespace default gets sidecars' "$CONTEXT_main0" default "$SIDECAR_main0"
await 'remote0: a pod starts' "$CONTEXT_remote0" istio-system "$MADE_remote0"
POD_remote0=$pod
IP_remote0=$(address "$CONTEXT_remote0" istio-system "$POD_remote0")
await 'remote0: a pod with a sidecar starts' "$CONTEXT_remote0" default "$MADE_SIDECAR_remote0"
SIDECAR_remote0=$pod
sidecar 'remote0: namespace default gets sidecars' "$CONTEXT_remote0" default "$SIDECAR_remote0"

# Do pods reach each other?
reach 'main0 to remote0: pod to pod' "$CONTEXT_main0" istio-system "$POD_main0" "$IP_remote0" "$CONTEXT_remote0" "$POD_remote0"
reach 'remote0 to main0: pod to pod' "$CONTEXT_remote0" istio-system "$POD_remote0" "$IP_main0" "$CONTEXT_main0" "$POD_main0"

# Does the control plane reach the API servers?
server 'main0 to remote0: API server' "$CONTEXT_main0" istio-system "$POD_main0" 'https://10.2.0.10:6443/healthz'

# Does the control plane show the name that sidecars ask for?
names 'remote0: the certificate at istio-pilot.istio-system:15011' "$CONTEXT_remote0" istio-system "$POD_remote0" 'istio-pilot.istio-system:15011' 'istio-pilot.istio-system' 'URI:spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account'

# Does the control plane know the remotes?
connected 'main0: istiod has the sidecar of remote0' "$CONTEXT_main0" "$SIDECAR_remote0" default "$CONTEXT_remote0" -i istio-system

# Do calls cross clusters?

printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
