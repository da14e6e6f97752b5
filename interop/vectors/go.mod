module github.com/isthmus-mesh/isthmus/interop/vectors

go 1.26.4

replace github.com/isthmus-mesh/isthmus => ../..

require (
	c2sp.org/CCTV/age v0.0.0-20260829155415-4448f2097b2d
	filippo.io/age v1.3.2
	github.com/bitnami-labs/sealed-secrets v0.36.6
	github.com/c2sp/wycheproof v0.0.0-20260902155932-3fa63dd0344a
	github.com/isthmus-mesh/isthmus v0.0.0
)

require (
	filippo.io/hpke v0.4.0 // indirect
	golang.org/x/crypto v0.57.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
