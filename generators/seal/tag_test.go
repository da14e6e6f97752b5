package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// The tag is HMAC(K, "tag1" ‖ HMAC(K, "pt1" ‖ …) ‖ lp(sealed for) ‖ SHA-256(file)),
// written out here a second time.
func TestTagIsWhatItIsSaidToBe(t *testing.T) {
	k := NewKey()
	s := remote("east", "west", "a token")
	lp := func(text string) string {
		return string(binary.BigEndian.AppendUint64(nil, uint64(len(text)))) + text
	}
	one := string(binary.BigEndian.AppendUint64(nil, 1))
	mac := func(text string) string {
		h := hmac.New(sha256.New, k.bytes)
		h.Write([]byte(text))
		return string(h.Sum(nil))
	}
	plain := mac("pt1" + lp("east") + lp("istio-system") + lp("istio-remote-secret-west") + lp("strict") + lp("") +
		lp(one) + lp("istio/multiCluster") + lp("true") + lp(one) + lp("networking.istio.io/cluster") + lp("west") + lp("west") + lp("a token"))
	file := sha256.Sum256([]byte("the file"))
	want := hex.EncodeToString([]byte(mac("tag1" + plain + lp("a key") + string(file[:]))))
	if got := k.tag(k.plainHash(&s, "strict"), "a key", file); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestKeys(t *testing.T) {
	k := NewKey()
	back, err := ParseKey(k.Text())
	if err != nil || string(back.bytes) != string(k.bytes) || k.IsZero() || string(NewKey().bytes) == string(k.bytes) {
		t.Errorf("%v", err)
	}
	text := strings.TrimSpace(string(k.Text()))
	for _, bad := range []string{"", "x", text[:len(text)-4], text + "AAAA", strings.Replace(text, "KEY-1", "KEY-2", 1), strings.TrimPrefix(text, keyPrefix), text + "\nmore"} {
		if _, err := ParseKey([]byte(bad)); !errors.Is(err, ErrNotAKey) {
			t.Errorf("%q is taken", bad)
		}
	}
}

// Plaintext and keys print as nothing, however they are printed.
func TestNothingPrintsPlaintext(t *testing.T) {
	p, k := NewPlain([]byte("hunter2")), Key{[]byte("hunter2hunter2hunter2hunter2hunt")}
	s := Secret{Data: map[string]Plain{"a": p}}
	var printed []string
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		printed = append(printed, fmt.Sprintf(format, p), fmt.Sprintf(format, s), fmt.Sprintf(format, &s), fmt.Sprintf(format, map[string]any{"a": p}))
	}
	printed = append(printed, fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprintf("%d", k))
	for _, encode := range []func(any) ([]byte, error){json.Marshal, func(v any) ([]byte, error) { return yaml.Marshal(v) }} {
		data, err := encode(s)
		if err != nil {
			t.Fatal(err)
		}
		printed = append(printed, string(data))
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", p, "all", s)
	printed = append(printed, log.String())
	for _, text := range printed {
		for _, form := range []string{"hunter2", hex.EncodeToString([]byte("hunter2")), "104 117 110", "aHVudGVy", "0x68, 0x75"} {
			if strings.Contains(strings.ToLower(text), form) {
				t.Errorf("printed: %s", text)
			}
		}
	}
}

// New files come before what lists them, what goes is unlisted first, and the
// tags are last.
func TestOrderOfChanges(t *testing.T) {
	f, key := newFolder(t, "east", "north"), NewKey()
	f.put(t, key, cacerts("east", "one"), remote("north", "west", "a"))
	s := f.store(t, key)
	s.Remove("east", "cacerts")
	s.Remove("north", "istio-remote-secret-west")
	if _, err := s.Put(remote("east", "west", "b")); err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, map[bool]string{true: "remove ", false: "write "}[c.Data == nil]+c.Path)
	}
	want := []string{
		"write sealed/east/istio-remote-secret-west.yaml",
		"write sealed/east/kustomization.yaml",
		"remove sealed/north/kustomization.yaml",
		"remove sealed/east/cacerts.yaml",
		"remove sealed/north/istio-remote-secret-west.yaml",
		"write " + LockPath,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
