package main

import (
	"flag"
	"log"
	"time"
)

const (
	settle = 100 * time.Millisecond // changes that come together are handled together
	retry  = 5 * time.Second        // and a failed round is repeated after this
)

// controllers: provides volumes for StorageClasses of our provisioner and enforces NetworkPolicies on this node.
func runControllers(arguments []string) error {
	flags := flag.NewFlagSet("controllers", flag.ExitOnError)
	server := flags.String("server", "https://127.0.0.1:6443", "address of the API server")
	pki := flags.String("pki", "", "folder of ca.crt, admin.crt and admin.key")
	folder := flags.String("volumes", "", "folder of the volumes")
	node := flags.String("node", "", "name of this node")
	address := flags.String("address", "172.30.0.1", "address of this node")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	cluster, err := newAPI(*server, *pki)
	if err != nil {
		return err
	}
	go repeat(newVolumes(cluster, *folder))
	repeat(newPolicies(cluster, *node, *address))
	return nil
}

// repeat runs reconcile after every poke, and again when it failed.
func repeat(changed <-chan struct{}, reconcile func() error) {
	for {
		select {
		case <-changed:
		case <-time.After(retry):
		}
		time.Sleep(settle)
		if err := reconcile(); err != nil {
			log.Print(err)
		}
	}
}
