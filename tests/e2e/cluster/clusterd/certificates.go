package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"time"
)

// certificates makes a certificate per server name: signed by an authority that containerd is told to trust,
// except for the names that stand for a bad one.
type certificates struct {
	authority []byte // PEM
	signer    tls.Certificate
	mutex     sync.Mutex
	made      map[string]*tls.Certificate
}

func newCertificates() (*certificates, error) {
	signer, err := newCertificate("registry.test", nil, time.Now().AddDate(10, 0, 0))
	if err != nil {
		return nil, err
	}
	return &certificates{
		authority: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer.Certificate[0]}),
		signer:    *signer,
		made:      map[string]*tls.Certificate{},
	}, nil
}

func (c *certificates) forServer(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if made, found := c.made[hello.ServerName]; found {
		return made, nil
	}
	signer, end := &c.signer, time.Now().AddDate(10, 0, 0)
	switch hello.ServerName {
	case "selfsigned.registry.test":
		signer = nil
	case "expired.registry.test":
		end = time.Now().Add(-time.Hour)
	}
	made, err := newCertificate(hello.ServerName, signer, end)
	if err == nil {
		c.made[hello.ServerName] = made
	}
	return made, err
}

func newCertificate(name string, signer *tls.Certificate, end time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		DNSNames:              []string{name},
		NotBefore:             time.Now().AddDate(-1, 0, 0),
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  signer == nil,
	}
	parent, parentKey := template, any(key)
	if signer != nil {
		if parent, err = x509.ParseCertificate(signer.Certificate[0]); err != nil {
			return nil, err
		}
		parentKey = signer.PrivateKey
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, nil
}
