// Clusterd holds what a bare Kubernetes node lacks: a way in from the host, a registry with images,
// registries that fail in the ways real ones do, volumes for StorageClass "standard", and NetworkPolicy.
package main

import (
	"fmt"
	"log"
	"os"
)

var commands = map[string]func(arguments []string) error{
	"listen":      listen,
	"init":        initialize,
	"registry":    serveRegistries,
	"image":       pushImage,
	"controllers": runControllers,
}

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: clusterd listen|init|registry|image|controllers …")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
}
