// Cut makes the Kubernetes schemas that the proofs validate with: the OpenAPI
// document in the module k8s.io/kubernetes, cut to the kinds isthmus renders,
// in the files and the strict form that kubeconform reads. The same version
// gives the same bytes.
//
//	go run ./schemas/cut -version 1.34.2
//
// The document comes from the module cache; `go mod download` fetches it
// where it is not there yet, and checks it against the checksum database.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	module      = "k8s.io/kubernetes"
	openAPIPath = "api/openapi-spec/swagger.json"
	sourceFile  = "SOURCE"
)

// versionPattern is a full release: a folder is named for what it was cut from.
var versionPattern = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

func main() {
	version := flag.String("version", "", "`release` of Kubernetes, as in 1.34.2")
	out := flag.String("out", "schemas", "`folder` that gets a folder per release")
	flag.Parse()
	if flag.NArg() > 0 || !versionPattern.MatchString(*version) {
		fmt.Fprintf(os.Stderr, "cut: error: -version takes a whole release, as in 1.34.2, not %q\n", *version)
		os.Exit(2)
	}
	if err := run(*version, *out); err != nil {
		fmt.Fprintf(os.Stderr, "cut: error: %v\n", err)
		os.Exit(1)
	}
}

func run(version, out string) error {
	files, err := cutModule(version, false)
	if err != nil {
		return err
	}
	folder := filepath.Join(out, folderName(version))
	// A kind that the release no longer serves must not leave its file behind.
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// folderName is kubeconform's own name for schemas that stand alone and are
// strict (kubeconform v0.8.0, pkg/registry/registry.go, New).
func folderName(version string) string { return "v" + version + "-standalone-strict" }

// cutModule returns every file of one release, SOURCE included. With offline
// set, a module that is not in the module cache is an error.
func cutModule(version string, offline bool) (map[string][]byte, error) {
	download, err := downloadModule(version, offline)
	if err != nil {
		return nil, err
	}
	swagger, err := os.ReadFile(filepath.Join(download.Dir, filepath.FromSlash(openAPIPath)))
	if err != nil {
		return nil, err
	}
	files, err := cut(swagger, wanted(version))
	if err != nil {
		return nil, fmt.Errorf("%s@v%s: %w", module, version, err)
	}
	files[sourceFile] = source(version, download.Sum, swagger)
	return files, nil
}

// wanted returns the kinds to cut from one release.
func wanted(version string) []groupVersionKind {
	parts := strings.Split(version, ".")
	if minor, err := strconv.Atoi(parts[1]); err == nil && minor >= modernMinor {
		return slices.Concat(kinds, modernKinds)
	}
	return kinds
}

type moduleDownload struct {
	Dir   string
	Sum   string
	Error string
}

func downloadModule(version string, offline bool) (moduleDownload, error) {
	var download moduleDownload
	cmd := exec.Command("go", "mod", "download", "-json", module+"@v"+version)
	// Outside of any module, so that no replace of go.mod has a say.
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if offline {
		cmd.Env = append(cmd.Env, "GOPROXY=off")
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	if err := json.Unmarshal(stdout.Bytes(), &download); err != nil {
		return download, fmt.Errorf("go mod download: %v: %s", runErr, strings.TrimSpace(stderr.String()))
	}
	if download.Error != "" {
		return download, fmt.Errorf("go mod download: %s", download.Error)
	}
	return download, runErr
}

// source says where the files beside it come from.
func source(version, sum string, swagger []byte) []byte {
	return fmt.Appendf(nil, `Cut from the OpenAPI document of Kubernetes, copyright The Kubernetes Authors,
licensed under the Apache License, Version 2.0.

module   %s v%s
sum      %s
file     %s
sha256   %x
made by  go run ./schemas/cut -version %s
`, module, version, sum, openAPIPath, sha256.Sum256(swagger), version)
}
