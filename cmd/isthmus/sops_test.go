package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// fakeSOPS stands for sops in the scripts: it writes the same form, and opens
// what it wrote where FAKE_SOPS_KEY is set. interop/sops has the real one.
// FAKE_SOPS names what it does wrong, FAKE_SOPS_LOG the file that takes its
// arguments.
func fakeSOPS() {
	if log := os.Getenv("FAKE_SOPS_LOG"); log != "" {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		orExit(err)
		fmt.Fprintln(f, strings.Join(os.Args[1:], " "))
		f.Close()
	}
	text, err := io.ReadAll(os.Stdin)
	orExit(err)
	o := map[string]any{}
	orExit(yaml.Unmarshal(text, &o))
	data, _ := o["data"].(map[string]any)
	switch os.Args[1] {
	case "encrypt":
		encryptLike(o, data, text)
	case "decrypt":
		if os.Getenv("FAKE_SOPS_KEY") == "" {
			fmt.Fprintln(os.Stderr, "Failed to get the data key required to decrypt the SOPS file.")
			os.Exit(128)
		}
		mac := openFake(o["sops"].(map[string]any)["mac"])
		for key, value := range data {
			data[key] = openFake(value)
		}
		if mac != codeOf(o, data) {
			fmt.Fprintln(os.Stderr, "MAC mismatch")
			os.Exit(51)
		}
		delete(o, "sops")
	}
	out, err := yaml.Marshal(o)
	orExit(err)
	os.Stdout.Write(out)
	os.Exit(0)
}

func encryptLike(o, data map[string]any, text []byte) {
	wrong := os.Getenv("FAKE_SOPS")
	switch wrong {
	case "fails":
		fmt.Fprintf(os.Stderr, "Could not convert %s to bytes\n", data["west"])
		os.Exit(1)
	case "floods":
		for range 64 {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				os.Exit(1)
			}
		}
	}
	age := recipientsLike(os.Args[slices.Index(os.Args, "--filename-override")+1])
	mac := codeOf(o, data)
	for key, value := range data {
		if wrong != "plain" {
			data[key] = sealFake(value.(string))
		}
	}
	if wrong == "metadata" {
		o["metadata"].(map[string]any)["name"] = sealFake("x")
	}
	meta := map[string]any{"lastmodified": "2026-11-22T12:00:00Z", "mac": sealFake(mac), "encrypted_regex": os.Args[slices.Index(os.Args, "--encrypted-regex")+1], "version": "3.13.3"}
	switch wrong {
	case "mac":
		delete(meta, "mac")
	case "regex":
		meta["encrypted_regex"] = "data"
	case "others":
		age = []string{"age1other"}
	}
	var keys []any
	for _, recipient := range age {
		keys = append(keys, map[string]any{"recipient": recipient, "enc": "-----BEGIN AGE ENCRYPTED FILE-----\n" + base64.StdEncoding.EncodeToString(randomBytes(24)) + "\n-----END AGE ENCRYPTED FILE-----\n"})
	}
	meta["age"] = keys
	o["sops"] = meta
}

// recipientsLike reads the nearest .sops.yaml as sops does.
func recipientsLike(name string) []string {
	file, err := filepath.Abs(name)
	orExit(err)
	for at := filepath.Dir(file); at != filepath.Dir(at); at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, ".sops.yaml"))
		if err != nil {
			continue
		}
		var rules struct {
			Rules []struct {
				Path string `json:"path_regex"`
				Age  string `json:"age"`
			} `json:"creation_rules"`
		}
		orExit(yaml.Unmarshal(text, &rules))
		for _, r := range rules.Rules {
			if regexp.MustCompile(r.Path).MatchString(strings.TrimPrefix(file, at+"/")) {
				return strings.Split(r.Age, ",")
			}
		}
		fmt.Fprintln(os.Stderr, "error loading config: no matching creation rules found")
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "config file not found, or has no creation rules, and no keys provided through command line options")
	os.Exit(1)
	return nil
}

// codeOf covers the names and the values, as the code of sops covers all.
func codeOf(o, data map[string]any) string {
	meta := o["metadata"].(map[string]any)
	h := sha256.New()
	fmt.Fprint(h, meta["name"], meta["namespace"])
	for _, key := range slices.Sorted(maps.Keys(data)) {
		fmt.Fprint(h, key, data[key])
	}
	return fmt.Sprintf("%X", h.Sum(nil))
}

func fakeCipher() cipher.AEAD {
	key := sha256.Sum256([]byte("fake"))
	block, err := aes.NewCipher(key[:])
	orExit(err)
	gcm, err := cipher.NewGCMWithNonceSize(block, 32)
	orExit(err)
	return gcm
}

func randomBytes(n int) []byte {
	data := make([]byte, n)
	rand.Read(data)
	return data
}

func sealFake(text string) string {
	iv := randomBytes(32)
	sealed := fakeCipher().Seal(nil, iv, []byte(text), nil)
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:str]", b64(sealed[:len(sealed)-16]), b64(iv), b64(sealed[len(sealed)-16:]))
}

func openFake(value any) string {
	parts := regexp.MustCompile(`data:(.*),iv:(.*),tag:(.*),type`).FindStringSubmatch(fmt.Sprint(value))
	raw := func(i int) []byte {
		data, err := base64.StdEncoding.DecodeString(parts[i])
		orExit(err)
		return data
	}
	text, err := fakeCipher().Open(nil, raw(2), append(raw(1), raw(3)...), nil)
	orExit(err)
	return string(text)
}

func orExit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
