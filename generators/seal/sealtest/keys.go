// Package sealtest makes what tests of sealing need, the same in every run: keys
// that are published here and protect nothing, certificates, tokens, kubeconfigs.
package sealtest

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
)

// primes make RSA keys of 2048 bits.
var primes = [][2]string{
	{"14hv31osqh2fdbmrbdienukynnzcnvc78idsxb4tvyeplj3y2ofmfi9lwloc3emm6gyyrrbukczncp8m3f0n98f7a4lml8gl75qb2z05y335yhpcxymoolq4wwjutdpbe0jjxalw5h2cpmy33izr8zxuk8v5dfx7783wjfgago3659rtnzs0y65bhhknrctldqotrun", "15anjpbru9bhe15sutt4qbmcdiit6xkuj9iyy0a3w5ec54eymfpnhc3vd873snjja1mmb230mxmok65tspl8lucvxck9r1kulgtxa5wsufum7m5gj2lv4m5gegcboo8ecel3hsvhvv50f0owrggky18vdlk2q49us78tpqmyl74g2f6gytlkv11qlzfxtkhi6ynq3cb"},
	{"176snbvuwghiaq2q1wimfnf1hvte9ggaspq6urjjuulyo2wgxnvkoo4i8ucwk60f67dcg6i38wrcbkfezktq2o6e5ojavaxtldgy6h4t5eqtcma67on20pacrn4o2e15qm5wpgxkn073pmqn115ih7g846jeljcvpp2imbsco38nrsffi0tfuo2vidlwmss8hd6jquh", "18yw1m5ho23u35y1jbsued0f3kegflf3u1d825w22vrimkoy8s2z8bkil5ba1sk3b0p5tivgz2jakrqneehbbkti1lqfjn15lziest4z3eszzizqkgim4a93iq0zvs1jagbljp6ivpibina9icvxm3l9wecvqyakwic8fo9ig9ub5103vajknoshmklydlvxc853uyv"},
	{"zvd2rg1ljilgped9jglqtyilk5thv03nb54d7tr4x6kzibdzu1w9iql3o3xabt5vzx8gcm8hig26kwmeunaykut2fe5itz4aq7eb3fr55ukc67y4j7levk0pjcmosmoi37m23u7f80qg19jatklk0sgzhmflwca58308tpju9rsc9x88xlubmepdhtoaz8owioqynv", "16waudx64v7rnaq228c0801ijnp9mhegi7agfhb45ds765n9npkne80sd6bqkcrywfcwl345okfyzgkmrtvg7r6f9kz9klonqy43eqlrk3s7os5drhcsp1or6vgz3z5id2642zbpphuwbj670vr9vpzu8i62pep478y6r19lz34cdf495p9lopu8zgwo1iybebtt5i1"},
	{"14qq285yjggws85u2ebeg8c0bh5wjs5amrxo1u75ka20f3q7hpxasm8itjrnerdyfngpyfr9ojbazehl9wdetigza3si0z10fpxolqoobyoa15x9oxk9s4upb87j7h6qpxemjj4k9tvv7ct8c4qi0d0owovlef0t2locr578ntw4yoztbr9ebfoqwu7vrmgjrmyxe8h", "18jfh60cd12wh13gqn7m280q7e02jn5r88nobnf6gv0lp592hqsafp5p4s9vx2cvk4pyu8wxnwkdr9g0xlmc6v8a02imdq3lebhe5n12vu76whu9awoa3kokz2jfchf5h6v0d5frj92feumi0gjs5xri1bvc9u6b0oio59ux83il8ychybj8qwcsqva4aah7qy66v9z"},
}

// Names are the keys that Key knows.
var Names = []string{"east", "west", "renewed", "other"}

// Series are keys for clusters that renew theirs time after time: 24, each another
// than all others and than those of Names.
var Series = func() []string {
	var all []string
	for i := range pairs() {
		all = append(all, fmt.Sprintf("key %d", i+1))
	}
	return all
}()

// pairs are primes of two of the keys above: any two make a key.
func pairs() [][2]string {
	var all [][2]string
	for i, a := range primes {
		for _, b := range primes[i+1:] {
			all = append(all, [2]string{a[0], b[0]}, [2]string{a[0], b[1]}, [2]string{a[1], b[0]}, [2]string{a[1], b[1]})
		}
	}
	return all
}

// Key gives the private key of a name, which may be one of Series too.
func Key(name string) *rsa.PrivateKey {
	if i := slices.Index(Names, name); i >= 0 {
		return key(primes[i][0], primes[i][1])
	}
	if i := slices.Index(Series, name); i >= 0 {
		return key(pairs()[i][0], pairs()[i][1])
	}
	panic("no key " + name)
}

func key(one, other string) *rsa.PrivateKey {
	p, _ := new(big.Int).SetString(one, 36)
	q, _ := new(big.Int).SetString(other, 36)
	unit := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, unit), new(big.Int).Sub(q, unit))
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(big.NewInt(65537), phi),
		Primes:    []*big.Int{p, q},
	}
	k.Precompute()
	return k
}

// PrivatePEM gives a private key as sealed-secrets keeps it.
func PrivatePEM(name string) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(Key(name))})
}
