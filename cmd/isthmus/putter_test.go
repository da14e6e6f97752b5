package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// fakeVault keeps what "vault kv put -mount=secret <key> -" gets below the folder
// $STORE. $FAKE_VAULT has it fail: saying why, or all that it was given.
func fakeVault() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil || len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: vault kv put -mount=secret <key> -")
		os.Exit(2)
	}
	switch os.Getenv("FAKE_VAULT") {
	case "denies":
		fmt.Fprintln(os.Stderr, "Error writing data:\n* permission denied")
		os.Exit(2)
	case "echoes":
		fmt.Fprintf(os.Stdout, "%s\n", input)
		fmt.Fprintf(os.Stderr, "cannot store %s\n", input)
		os.Exit(2)
	case "denies east":
		if strings.Contains(os.Args[4], "east") {
			fmt.Fprintln(os.Stderr, "permission denied")
			os.Exit(2)
		}
	}
	fmt.Printf("stored %s\n", input)
	file := filepath.Join(os.Getenv("STORE"), os.Args[4])
	if err = os.MkdirAll(filepath.Dir(file), 0o700); err == nil {
		err = os.WriteFile(file, input, 0o600)
	}
	if err != nil {
		os.Exit(1)
	}
}
