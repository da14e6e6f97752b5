package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

const liveHelp = `live prints a kustomization that renders a cluster's objects on the fly, with
isthmus as its generator. The exec one lies in overlays/<cluster>/live already.

Usage:
  isthmus live --cluster <name> [-f <mesh.yaml>] [--mode {exec | container | legacy}]
               [--at <folder>] [--image <image>]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>  whose objects
      --mode <mode>     exec: an exec function; kustomize build needs
                          --enable-alpha-plugins --enable-exec, isthmus on PATH
                        container: a container function, the mesh inlined; needs
                          --enable-alpha-plugins and docker
                        legacy: a legacy exec plugin; needs --enable-alpha-plugins
                          and isthmus as isthmus.dev/v1alpha1/mesh/Mesh below
                          $KUSTOMIZE_PLUGIN_HOME
                        (default exec)
      --at <folder>     where the kustomization will lie (default
                        overlays/<cluster>/live)
      --image <image>   the container's image (default isthmus:latest)

Example:
  isthmus live --cluster west --mode legacy --at preview > preview/kustomization.yaml

` + exitStatuses + "\n"

func (c *cli) live() *cobra.Command {
	var in input
	var cluster, mode, at, image string
	cmd := &cobra.Command{Use: "live", Long: liveHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().StringVar(&cluster, "cluster", "", "")
	cmd.Flags().StringVar(&mode, "mode", string(delivery.LiveExec), "")
	cmd.Flags().StringVar(&at, "at", "", "")
	cmd.Flags().StringVar(&image, "image", "isthmus:latest", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("mode", mode, delivery.LiveMode("").Choices()...); err != nil {
			return err
		}
		if cluster == "" {
			return &usageError{"--cluster is missing", "name the cluster whose objects are wanted"}
		}
		m, _, err := in.quiet()
		if err != nil {
			return err
		}
		if err := knownClusters(m, cluster); err != nil {
			return err
		}
		p, err := plan.Of(m, cluster)
		if err != nil {
			return err
		}
		from, err := in.from(at, cluster)
		if err != nil {
			return err
		}
		live := delivery.Live{Mode: delivery.LiveMode(mode), Name: m.Metadata.Name, Cluster: cluster, Resources: delivery.Sealed(p.Clusters[0], from)}
		if live.Mode == delivery.LiveContainer {
			// kustomize mounts nothing from above the kustomization's folder.
			live.Image = image
			if live.Inline, err = mesh.Inline(m); err != nil {
				return err
			}
		} else {
			live.Mesh = from
		}
		data, err := live.Kustomization()
		if err != nil {
			return err
		}
		_, err = c.stdout.Write(data)
		return err
	}
	return cmd
}

// from gives the path of mesh.yaml from the folder in which a live
// kustomization will lie.
func (in *input) from(at, cluster string) (string, error) {
	if at == "" {
		root, err := in.root()
		if err != nil {
			return "", err
		}
		at = filepath.Join(root, "overlays", cluster, "live")
	}
	rel, err := in.relative(at)
	if err != nil {
		return "", fmt.Errorf("%s: %w", at, err)
	}
	return rel, nil
}
