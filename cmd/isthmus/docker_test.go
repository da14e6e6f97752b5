package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The container function, under the real docker and in an image made FROM
// scratch, gives the objects of the rendered overlay.
func TestContainer(t *testing.T) {
	tool := kustomize(t)
	if tool == "" {
		t.Skip("kustomize is neither in .bin nor on PATH: run make tools")
	}
	docker(t)
	isthmus, image := containerImage(t)
	dir := filepath.Join(t.TempDir(), "repo")
	if err := os.CopyFS(dir, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	want := must(t, dir, isthmus, "render", "--cluster", "west", "--stdout")
	if want == "" {
		t.Fatal("render printed nothing")
	}
	live := must(t, dir, isthmus, "live", "--cluster", "west", "--mode", "container", "--image", image)
	preview := filepath.Join(dir, "preview")
	write(t, filepath.Join(preview, "kustomization.yaml"), live)

	got := must(t, dir, tool, "build", "--enable-alpha-plugins", preview)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kustomize build (-rendered +built):\n%s", diff)
	}

	// What is wrong with the inlined mesh can be read in what kustomize prints.
	broken := strings.Replace(live, "podCIDRs: [10.20.0.0/16]", "podCIDRs: [10.10.0.0/24]", 1)
	write(t, filepath.Join(preview, "kustomization.yaml"), broken)
	stdout, stderr, err := streams(dir, tool, "build", "--enable-alpha-plugins", preview)
	const problem = `isthmus: error: spec.clusters[1].podCIDRs[0]: 10.10.0.0/24 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)`
	if err == nil || stdout != "" || !strings.Contains(stderr, problem) {
		t.Errorf("a broken mesh: error %v, output %q and\n%s\nwant %s", err, stdout, stderr, problem)
	}
}

// docker skips the test where no daemon answers, which REQUIRE_DOCKER=1 forbids.
func docker(t *testing.T) {
	t.Helper()
	// The go command keeps the outcome of a test until what it has looked at
	// changes, and knows nothing of what other programs look at.
	if os.Getenv("DOCKER_HOST") == "" {
		_, _ = os.Stat("/var/run/docker.sock")
	}
	out, err := exec.Command("docker", "version", "--format", "{{.Server.Version}}").CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("REQUIRE_DOCKER") == "1" {
		t.Fatalf("REQUIRE_DOCKER=1, and no docker daemon answers: %v\n%s", err, out)
	}
	t.Skipf("no docker daemon answers, so the container function is not tested: %v", err)
}

// containerImage builds the static program and the image, which lasts as long as
// the test, and gives the path of one and the name of the other.
func containerImage(t *testing.T) (program, image string) {
	t.Helper()
	context := t.TempDir()
	program = filepath.Join(context, "isthmus")
	build := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"Dockerfile", "passwd"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(context, name), string(data))
	}
	image = fmt.Sprintf("isthmus:test-%d-%d", os.Getpid(), time.Now().UnixNano())
	// BuildKit wants a registry even for FROM scratch; the plain builder does not.
	t.Setenv("DOCKER_BUILDKIT", "0")
	must(t, context, "docker", "build", "--tag", image, context)
	t.Cleanup(func() {
		if out, err := exec.Command("docker", "image", "rm", "--force", image).CombinedOutput(); err != nil {
			t.Errorf("the image %s is left behind: %v\n%s", image, err, out)
		}
	})
	return program, image
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// streams runs a program in a folder and gives both of its streams.
func streams(dir, program string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// must gives the output of a program that has to succeed.
func must(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	stdout, stderr, err := streams(dir, program, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr)
	}
	return stdout
}
