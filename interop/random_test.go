package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// TestRandomMeshes validates every object of meshes that the product's own
// property test draws: it leaves them, rendered, in a folder. ISTHMUS_MESHES asks
// for another number of them than a short run has.
func TestRandomMeshes(t *testing.T) {
	meshes := 60
	if text := os.Getenv("ISTHMUS_MESHES"); text != "" {
		var err error
		if meshes, err = strconv.Atoi(text); err != nil {
			t.Fatalf("ISTHMUS_MESHES: %v", err)
		}
	}
	validator, err := validate.Open("schemas")
	if err != nil {
		t.Fatal(err)
	}
	accepted, objects := 0, 0
	const atOnce = 500 // a folder holds dozens of files for each
	for first := 0; first < meshes; first += atOnce {
		folder := t.TempDir()
		draw(t, folder, first, min(atOnce, meshes-first))
		drawn, err := findOverlays(folder)
		if err != nil {
			t.Fatal(err)
		}
		accepted += len(drawn)
		for _, overlays := range drawn {
			count, problems := checkOverlays(validator, overlays)
			objects += count
			for _, problem := range problems {
				t.Error(problem)
			}
			if len(problems) > 0 {
				text, _ := os.ReadFile(filepath.Join(filepath.Dir(overlays), "mesh", "mesh.yaml"))
				t.Fatalf("%s", text)
			}
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d meshes, %d of them accepted, %d objects", meshes, accepted, objects)
	if accepted < meshes/2 {
		t.Errorf("%d of %d meshes were accepted", accepted, meshes)
	}
}

// draw has the product draw and render meshes into a folder.
func draw(t *testing.T, folder string, first, number int) {
	t.Helper()
	cmd := exec.Command("go", "test", "./generators/render", "-run", "^TestRandomMeshes$", "-count", "1")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "ISTHMUS_MESHES="+strconv.Itoa(number), "ISTHMUS_FIRST_MESH="+strconv.Itoa(first), "ISTHMUS_MESHES_IN="+folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
