package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const relistAfter = time.Second

// api speaks to the API server with the administrator's certificate.
type api struct {
	server string
	client *http.Client
}

func newAPI(server, pki string) (*api, error) {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(pki, "admin.crt"), filepath.Join(pki, "admin.key"))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, errors.New("ca.crt holds no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}}}
	return &api{server: server, client: &http.Client{Transport: transport}}, nil
}

// open sends one request; the caller closes the body of an answer below 400.
func (a *api) open(method, path string, body any) (io.ReadCloser, error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, a.server+path, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 400 {
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return answer.Body, nil
}

func (a *api) do(method, path string, body any) error {
	answer, err := a.open(method, path, body)
	if err != nil {
		return err
	}
	return answer.Close()
}

type metadata struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace"`
	UID             string            `json:"uid"`
	ResourceVersion string            `json:"resourceVersion"`
	Labels          map[string]string `json:"labels"`
	Annotations     map[string]string `json:"annotations"`
}

type object struct {
	Metadata metadata `json:"metadata"`
}

func (o object) key() string { return o.Metadata.Namespace + "/" + o.Metadata.Name }

// collection mirrors the objects of one path.
type collection[T interface{ key() string }] struct {
	mutex   sync.Mutex
	objects map[string]T
}

// follow lists and watches path for ever and pokes changed after every change.
func follow[T interface{ key() string }](a *api, path string, query url.Values, changed chan<- struct{}) *collection[T] {
	mirror := &collection[T]{objects: map[string]T{}}
	go func() {
		for {
			if err := mirror.run(a, path, query, changed); err != nil {
				log.Printf("%s: %v", path, err)
			}
			time.Sleep(relistAfter)
		}
	}()
	return mirror
}

func (c *collection[T]) run(a *api, path string, query url.Values, changed chan<- struct{}) error {
	answer, err := a.open(http.MethodGet, path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	defer answer.Close()
	var list struct {
		Metadata metadata `json:"metadata"`
		Items    []T      `json:"items"`
	}
	if err := json.NewDecoder(answer).Decode(&list); err != nil {
		return err
	}
	fresh := make(map[string]T, len(list.Items))
	for _, item := range list.Items {
		fresh[item.key()] = item
	}
	c.update(changed, func() { c.objects = fresh })

	watch := url.Values{"watch": {"true"}, "resourceVersion": {list.Metadata.ResourceVersion}}
	for name, values := range query {
		watch[name] = values
	}
	events, err := a.open(http.MethodGet, path+"?"+watch.Encode(), nil)
	if err != nil {
		return err
	}
	defer events.Close()
	for decoder := json.NewDecoder(events); ; {
		var event struct {
			Type   string `json:"type"`
			Object T      `json:"object"`
		}
		switch err := decoder.Decode(&event); {
		case errors.Is(err, io.EOF):
			return nil // The server ends every watch after some minutes.
		case err != nil:
			return err
		case event.Type == "ERROR":
			return errors.New("watch expired")
		case event.Type == "DELETED":
			c.update(changed, func() { delete(c.objects, event.Object.key()) })
		default:
			c.update(changed, func() { c.objects[event.Object.key()] = event.Object })
		}
	}
}

func (c *collection[T]) update(changed chan<- struct{}, change func()) {
	c.mutex.Lock()
	change()
	c.mutex.Unlock()
	select {
	case changed <- struct{}{}:
	default: // A poke is already waiting.
	}
}

func (c *collection[T]) all() []T {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	values := make([]T, 0, len(c.objects))
	for _, value := range c.objects {
		values = append(values, value)
	}
	return values
}
