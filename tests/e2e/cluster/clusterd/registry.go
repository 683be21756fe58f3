package main

import (
	"crypto/sha256"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// registry: serves pushed images on --address, and on --faults (TLS, by server name) one registry per way to fail.
// It writes containerd's certs.d, which sends every other registry name to --address.
func serveRegistries(arguments []string) error {
	flags := flag.NewFlagSet("registry", flag.ExitOnError)
	address := flags.String("address", "127.0.0.1:5000", "where to serve pushed images")
	faults := flags.String("faults", "172.30.0.1:443", "where to serve the failing registries")
	blobs := flags.String("blobs", "", "folder of the blobs")
	hosts := flags.String("certs-d", "", "containerd's certs.d folder to write")
	if err := flags.Parse(arguments); err != nil {
		return err
	}

	images := registry.New(
		registry.Logger(log.New(io.Discard, "", 0)),
		registry.WithBlobHandler(registry.NewDiskBlobHandler(*blobs)),
	)
	certificates, err := newCertificates()
	if err != nil {
		return err
	}
	handlers := faultHandlers(images)
	for name := range handlers {
		if err := writeHost(*hosts, name, "https://"+name, certificates.authority); err != nil {
			return err
		}
	}
	// Nothing serves these two: their names lead to a closed port and nowhere.
	for _, name := range []string{"refused.registry.test", "nxdomain.registry.test"} {
		if err := writeHost(*hosts, name, "https://"+name, nil); err != nil {
			return err
		}
	}
	if err := writeHost(*hosts, "_default", "http://"+*address, nil); err != nil {
		return err
	}

	failed := make(chan error)
	go func() { failed <- http.ListenAndServe(*address, unknownAsOnHub(images)) }()
	go func() {
		server := http.Server{
			Addr:      *faults,
			TLSConfig: &tls.Config{GetCertificate: certificates.forServer},
			ErrorLog:  log.New(io.Discard, "", 0), // Clients that refuse a certificate are the point.
			Handler: http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
				if handler, known := handlers[request.Host]; known {
					handler(answer, request)
				} else {
					http.NotFound(answer, request)
				}
			}),
		}
		failed <- server.ListenAndServeTLS("", "")
	}()
	return <-failed
}

func faultHandlers(images http.Handler) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"private.registry.test":    private(images),
		"basic.registry.test":      basic,
		"hub.registry.test":        insufficientScope,
		"limited.registry.test":    limited,
		"forbidden.registry.test":  refuse(http.StatusForbidden, "DENIED", "requested access to the resource is denied"),
		"broken.registry.test":     refuse(http.StatusServiceUnavailable, "UNAVAILABLE", "service unavailable"),
		"slow.registry.test":       slow,
		"selfsigned.registry.test": images.ServeHTTP,
		"expired.registry.test":    images.ServeHTTP,
	}
}

// slow gives up after a while, because a pod cannot be deleted as long as its pull hangs.
func slow(answer http.ResponseWriter, request *http.Request) {
	select {
	case <-request.Context().Done():
	case <-time.After(time.Minute):
		refuse(http.StatusGatewayTimeout, "UNAVAILABLE", "timeout")(answer, request)
	}
}

func refuse(status int, code, message string) http.HandlerFunc {
	return func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		answer.WriteHeader(status)
		fmt.Fprintf(answer, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
	}
}

// private wants a token, and its token service wants a user: kubemend with password kubemend (as most registries do).
func private(images http.Handler) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		user, password, _ := request.BasicAuth()
		switch {
		case request.URL.Path == "/token" && user == "kubemend" && password == "kubemend":
			fmt.Fprint(answer, `{"token":"granted"}`)
		case request.URL.Path != "/token" && request.Header.Get("Authorization") == "Bearer granted":
			images.ServeHTTP(answer, request)
		default:
			challenge(answer, request, "")
		}
	}
}

// basic wants a user and has no token service (as Amazon's registry).
func basic(answer http.ResponseWriter, request *http.Request) {
	answer.Header().Set("WWW-Authenticate", `Basic realm="https://basic.registry.test/",service="basic.registry.test"`)
	refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")(answer, request)
}

// insufficientScope gives everyone a token that opens nothing, which is how Docker Hub hides what exists.
func insufficientScope(answer http.ResponseWriter, request *http.Request) {
	switch {
	case request.URL.Path == "/token":
		fmt.Fprint(answer, `{"token":"anonymous"}`)
	case request.Header.Get("Authorization") == "":
		challenge(answer, request, "")
	default:
		challenge(answer, request, `,error="insufficient_scope"`)
	}
}

func challenge(answer http.ResponseWriter, request *http.Request, suffix string) {
	scheme := "http"
	if request.TLS != nil {
		scheme = "https"
	}
	answer.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s://%s/token",service="%s",scope="repository:%s:pull"%s`,
		scheme, request.Host, request.Host, repository(request), suffix))
	refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")(answer, request)
}

// limited resolves every tag and then refuses to hand anything out, as Docker Hub does, where HEAD is free.
func limited(answer http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodHead {
		refuse(http.StatusTooManyRequests, "TOOMANYREQUESTS", "You have reached your unauthenticated pull rate limit. "+
			"https://www.docker.com/increase-rate-limit")(answer, request)
		return
	}
	answer.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
	answer.Header().Set("Content-Length", "1000")
	answer.Header().Set("Docker-Content-Digest", fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(request.URL.Path))))
}

// unknownAsOnHub answers for repositories of docker.io that were never pushed as Docker Hub would; a missing tag
// stays a plain "not found". containerd names the registry it meant in the query.
func unknownAsOnHub(images http.Handler) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		hidden := request.URL.Path == "/token" || request.URL.Query().Get("ns") == "docker.io" && !hasTags(images, repository(request))
		if hidden {
			insufficientScope(answer, request)
		} else {
			images.ServeHTTP(answer, request)
		}
	}
}

func hasTags(images http.Handler, repository string) bool {
	answer := httptest.NewRecorder()
	images.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/v2/"+repository+"/tags/list", nil))
	return answer.Code == http.StatusOK
}

func repository(request *http.Request) string {
	path := strings.TrimPrefix(request.URL.Path, "/v2/")
	for _, kind := range []string{"/manifests/", "/blobs/"} {
		if name, _, found := strings.Cut(path, kind); found {
			return name
		}
	}
	return path
}

func writeHost(folder, host, server string, authority []byte) error {
	folder = filepath.Join(folder, host)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	trust := ""
	if authority != nil {
		trust = "ca = \"ca.crt\"\n"
		if err := os.WriteFile(filepath.Join(folder, "ca.crt"), authority, 0o644); err != nil {
			return err
		}
	}
	// containerd 1.6 rejects the file without a host, and without a server would also try the real one.
	text := fmt.Sprintf("server = %q\n%s[host.%q]\n%s", server, trust, server, trust)
	return os.WriteFile(filepath.Join(folder, "hosts.toml"), []byte(text), 0o644)
}
