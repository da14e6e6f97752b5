package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsStatusHelp = `status lists every Secret of the mesh: whether it is sealed, for which key, and
when what is in it ends. It needs no cluster and no key, and exits 3 when
something is due.

Usage:
  isthmus secrets status [-f <mesh.yaml>] [--within <duration>] [-o {text | json}]

Flags:
  -f, --file <path>        the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --within <duration>  what ends within this is due (default 720h)
  -o, --output <form>      text or json (default text)
      --allow-untested     take a newer release than the dialects were checked with

Example:
  isthmus secrets status --within 168h -o json

` + exitStatuses + "\n"

func (c *cli) secretsStatus() *cobra.Command {
	var in input
	var within time.Duration
	var output string
	cmd := &cobra.Command{Use: "status", Long: secretsStatusHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().DurationVar(&within, "within", 30*24*time.Hour, "")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", output, "text", "json"); err != nil {
			return err
		}
		if within < 0 {
			return &usageError{"--within is in the past", "give it as 720h"}
		}
		s := &sealing{input: &in}
		m, err := in.mending()
		if err != nil {
			return err
		}
		files, err := s.files()
		if err != nil {
			return err
		}
		defer files.Close()
		store, err := s.store(m, files.FS(), seal.Key{})
		if err != nil {
			return err
		}
		var certificate func(string) (*seal.Certificate, error)
		if m.Spec.Secrets.Backend == mesh.SealedSecrets {
			certificate = seal.Certificates{Files: files.FS(), Dir: s.dir(), Now: now()}.Read
		}
		all := secrets.Look(&m.Spec, store, certificate, now(), within)
		if output == "json" {
			err = statusJSON(c.stdout, s, all)
		} else {
			err = statusText(c.stdout, s, all)
		}
		if err != nil {
			return err
		}
		if dueOf(all) > 0 {
			return status(exitDiffers)
		}
		return nil
	}
	return cmd
}

func dueOf(all []secrets.Status) int {
	n := 0
	for _, st := range all {
		if len(st.Due) > 0 {
			n++
		}
	}
	return n
}

// statusText prints a table, and then what is due.
func statusText(w io.Writer, s *sealing, all []secrets.Status) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "no cluster is read by another one's control plane, and nothing is sealed")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tSECRET\tSTATE\tKEY\tKEY EXPIRES\tEXPIRES")
	for _, st := range all {
		key, expires := "-", "-"
		if st.SealedFor != "" {
			key, expires = st.SealedFor[:16], "never"
		}
		switch {
		case st.State == secrets.Put:
			key, expires = st.Entry, "never"
		case st.Entry != "":
			key, expires = st.Entry, "not known: isthmus did not put it"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", st.Cluster, st.Name, st.State, key, day(st.KeyExpires, "-"), day(st.Expires, expires))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i, st := range all {
		for j, due := range st.Due {
			if i >= 0 && j == 0 && i == firstDue(all) {
				fmt.Fprintln(w)
			}
			at := st.Entry
			if at == "" {
				at = s.shown(st.Path)
			}
			if _, err := fmt.Fprintf(w, "due: %s: %s\n", at, due); err != nil {
				return err
			}
		}
	}
	return nil
}

func firstDue(all []secrets.Status) int {
	for i, st := range all {
		if len(st.Due) > 0 {
			return i
		}
	}
	return -1
}

func day(t time.Time, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return t.UTC().Format(time.DateOnly)
}

// statusJSON prints the same for a program.
func statusJSON(w io.Writer, s *sealing, all []secrets.Status) error {
	type one struct {
		Cluster    string   `json:"cluster"`
		Secret     string   `json:"secret"`
		File       string   `json:"file,omitempty"`
		Entry      string   `json:"entry,omitempty"`
		State      string   `json:"state"`
		SealedFor  string   `json:"sealedFor,omitempty"`
		KeyExpires string   `json:"keyExpires,omitempty"`
		Expires    string   `json:"expires,omitempty"`
		Due        []string `json:"due"`
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	listed := []one{}
	for _, st := range all {
		due := st.Due
		if due == nil {
			due = []string{}
		}
		file := s.shown(st.Path)
		if st.Entry != "" {
			file = ""
		}
		listed = append(listed, one{st.Cluster, st.Name, file, st.Entry, string(st.State), st.SealedFor, stamp(st.KeyExpires), stamp(st.Expires), due})
	}
	return writeJSON(w, map[string]any{"due": dueOf(all), "secrets": listed})
}
