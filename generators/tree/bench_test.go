package tree

import (
	"fmt"
	"os"
	"testing"
)

// fleet gives 10,000 files over 50 clusters, of 4 KiB in shared segments.
func fleet(changed string) []Part {
	segment := make([]byte, 1<<10)
	for i := range segment {
		segment[i] = byte('a' + i%26)
	}
	parts := make([]Part, 50)
	for i := range parts {
		name := fmt.Sprintf("cluster-%02d", i)
		parts[i].Name = name
		for j := range 200 {
			parts[i].Files = append(parts[i].Files, File{
				fmt.Sprintf("overlays/%s/stage-%d/ns-%03d.yaml", name, j%5, j),
				[][]byte{segment, segment, segment, segment, []byte(name), []byte(changed)},
			})
		}
	}
	return parts
}

func BenchmarkOf(b *testing.B) {
	parts := fleet("")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Of(3, parts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstWrite(b *testing.B) {
	tree := mustOf(b, fleet("")...)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		if _, err := tree.Write(openRoot(b, dir), Options{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		os.RemoveAll(dir)
		b.StartTimer()
	}
}

func BenchmarkChangeAll(b *testing.B) {
	dir := b.TempDir()
	trees := []*Tree{mustOf(b, fleet("one")...), mustOf(b, fleet("two")...)}
	root := openRoot(b, dir)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := trees[i%2].Write(root, Options{}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkWriteNothing(b *testing.B) {
	dir := b.TempDir()
	mustWrite(b, dir, Options{}, fleet("")...)
	tree, root := mustOf(b, fleet("")...), openRoot(b, dir)
	b.ReportAllocs()
	for b.Loop() {
		if report, err := tree.Write(root, Options{}); err != nil || !report.Clean() {
			b.Fatal(report, err)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	dir := b.TempDir()
	mustWrite(b, dir, Options{}, fleet("")...)
	tree, root := mustOf(b, fleet("")...), openRoot(b, dir)
	b.ReportAllocs()
	for b.Loop() {
		if report, err := tree.Compare(root, Options{}); err != nil || !report.Clean() {
			b.Fatal(report, err)
		}
	}
}
