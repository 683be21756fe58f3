package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
)

// A socket belongs to the network namespace it was made in, whoever holds it. So `listen` opens one on the host's
// loopback and becomes the command that enters the cluster's namespaces; `init` inherits it there.
const listenerVariable = "CLUSTERD_LISTENER"

// listen FILE COMMAND…: takes a free port of 127.0.0.1, writes its number to FILE and becomes COMMAND.
func listen(arguments []string) error {
	if len(arguments) < 2 {
		return errors.New("want FILE COMMAND…")
	}
	// Not package net: its sockets are closed on exec, and its poller may own the number we would move one to.
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	if err := syscall.Listen(socket, 128); err != nil {
		return err
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		return err
	}
	port := strconv.Itoa(bound.(*syscall.SockaddrInet4).Port)
	if err := os.WriteFile(arguments[0], []byte(port+"\n"), 0o644); err != nil {
		return err
	}
	program, err := exec.LookPath(arguments[1])
	if err != nil {
		return err
	}
	environment := append(os.Environ(), fmt.Sprintf("%s=%d", listenerVariable, socket))
	return syscall.Exec(program, arguments[1:], environment)
}

// init TARGET: process 1 of the cluster. It forwards the inherited socket to TARGET and reaps orphans;
// when it is killed, the kernel kills every other process of its namespace.
func initialize(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("want TARGET")
	}
	descriptor, err := strconv.Atoi(os.Getenv(listenerVariable))
	if err != nil {
		return fmt.Errorf("%s: %w", listenerVariable, err)
	}
	listener, err := net.FileListener(os.NewFile(uintptr(descriptor), "listener"))
	if err != nil {
		return err
	}
	go reap()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go forward(connection.(*net.TCPConn), arguments[0])
	}
}

func reap() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	for range ended {
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

func forward(client *net.TCPConn, target string) {
	defer client.Close()
	dialled, err := net.Dial("tcp", target)
	if err != nil {
		log.Print(err)
		_ = client.SetLinger(0) // A reset, which is the nearest thing to the refusal a client should see.
		return
	}
	server := dialled.(*net.TCPConn)
	defer server.Close()
	done := make(chan struct{}, 2)
	pipe := func(to, from *net.TCPConn) {
		_, _ = io.Copy(to, from)
		_ = to.CloseWrite()
		done <- struct{}{}
	}
	go pipe(server, client)
	go pipe(client, server)
	<-done
	<-done
}
