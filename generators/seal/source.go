package seal

import (
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// Certificates are the sealing certificates of a repository.
type Certificates struct {
	Files fs.FS     // the folder of mesh.yaml
	Dir   string    // that folder as the user calls it
	Now   time.Time // to seal with one that has expired is refused
}

// Read gives the certificate of a cluster, whatever its dates. The error is a
// *diag.Problem.
func (c Certificates) Read(cluster string) (*Certificate, error) {
	name := CertificatePath(cluster)
	file := path.Join(c.Dir, name)
	data, err := read(c.Files, name, certificateLimit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &diag.Problem{
			Pos: diag.Position{File: file}, What: "does not exist", Why: "it holds the key that cluster " + cluster + " opens with",
			Fix: "kubeseal --context " + cluster + " --fetch-cert > " + file,
		}
	case err != nil:
		return nil, &diag.Problem{Pos: diag.Position{File: file}, What: err.Error()}
	}
	parsed, problem := ParseCertificate(file, data)
	if problem != nil {
		return nil, problem
	}
	return parsed, nil
}

// Current gives the certificate of a cluster to seal with now.
func (c Certificates) Current(cluster string) (*Certificate, error) {
	parsed, err := c.Read(cluster)
	if err != nil {
		return nil, err
	}
	if problem := parsed.Current(path.Join(c.Dir, CertificatePath(cluster)), c.Now); problem != nil {
		return nil, problem
	}
	return parsed, nil
}
