#!/bin/sh
# Builds etcd and kube-apiserver from Go modules alone into a folder: about ten
# minutes and 3 GB with cold caches. ISTHMUS_E2E_ASSETS then names the folder.
set -eu
KUBERNETES=1.34.2
ETCD=v3.6.5

[ $# -eq 1 ] || { echo "usage: sh assets.sh <folder>" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=mod

# main <name> <package>: a module whose only code is an import of the program,
# which keeps its requirements.
main() {
	mkdir "$work/$1"
	cd "$work/$1"
	go mod init "example.com/$1"
	printf '//go:build tools\n\npackage tools\n\nimport _ "%s"\n' "$2" > tools.go
}

main etcd go.etcd.io/etcd/server/v3
go get "go.etcd.io/etcd/server/v3@$ETCD"
go build -ldflags='-s -w' -o "$folder/etcd" go.etcd.io/etcd/server/v3

# Kubernetes requires its own parts at v0.0.0 and replaces them by folders that
# its module does not have; each is a module of the same release.
main kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
go mod edit -require "k8s.io/kubernetes@v$KUBERNETES"
go mod download "k8s.io/kubernetes@v$KUBERNETES"
gomod=$(go env GOMODCACHE)/cache/download/k8s.io/kubernetes/@v/v$KUBERNETES.mod
awk '$2 == "=>" { print $1 }' "$gomod" | while read -r part; do
	go mod edit -replace "$part=$part@v0.${KUBERNETES#1.}"
done
go build -ldflags='-s -w' -o "$folder/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver
