package tree

import (
	"bytes"
	"cmp"
	"os"
	"slices"
)

// Line gives the first line, from 1, in which the file on disk is not what the
// tree wants at a path, and 0 where one of the two is not there or cannot be
// read. A file that ends early differs in the line after its last.
func (t *Tree) Line(root *os.Root, path string) int {
	i, wanted := slices.BinarySearchFunc(t.files, path, func(f file, path string) int { return cmp.Compare(f.Path, path) })
	if !wanted {
		return 0
	}
	found, err := root.ReadFile(path)
	if err != nil {
		return 0
	}
	line := 1
	for _, segment := range t.files[i].Segments {
		same := 0
		for same < min(len(segment), len(found)) && segment[same] == found[same] {
			same++
		}
		line += bytes.Count(segment[:same], []byte{'\n'})
		if same < len(segment) {
			return line
		}
		found = found[same:]
	}
	if len(found) == 0 {
		return 0 // equal
	}
	return line
}
