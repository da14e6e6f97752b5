package main

import (
	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/verify"
)

const verifyHelp = `verify prints a shell script with the checks that need clusters: readiness, pod to
pod and to API servers, certificates, what istiod knows, calls across clusters. The
script makes short-lived pods, prints PASS, FAIL or SKIP for each check, and fails
where one failed.

Usage:
  isthmus verify --print [-f <mesh.yaml>] [--image <image>]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --print           print the script
      --image <image>   what its pods run; needs sh, curl and openssl (default: the
                        proxy's image of each cluster)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus verify --print > verify.sh && CONTEXT_west=admin@west sh verify.sh

` + exitStatuses + "\n"

func (c *cli) verify() *cobra.Command {
	var in input
	var print bool
	var image string
	cmd := &cobra.Command{Use: "verify", Long: verifyHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().BoolVar(&print, "print", false, "")
	cmd.Flags().StringVar(&image, "image", "", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !print {
			return &usageError{"verify reads no cluster itself", "pass --print, and run the script that it prints"}
		}
		m, err := in.valid(c)
		if err != nil {
			return err
		}
		script, err := verify.Script(m, image)
		if err != nil {
			return err
		}
		_, err = c.stdout.Write(script)
		return err
	}
	return cmd
}
