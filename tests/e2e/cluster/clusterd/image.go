package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

type words []string

func (w *words) String() string         { return strings.Join(*w, " ") }
func (w *words) Set(value string) error { *w = append(*w, value); return nil }

// image NAME [flags] [-- COMMAND…]: pushes an image made of tar layers; see README.md for the flags.
func pushImage(arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("want NAME")
	}
	var layers, environment, entrypoint words
	flags := flag.NewFlagSet("image", flag.ExitOnError)
	registry := flags.String("registry", "127.0.0.1:5000", "registry to push to, over plain HTTP")
	base := flags.String("base", os.Getenv("CLUSTERD_BASE"), "tar file of the first layer")
	platform := flags.String("platform", "", "the only platform the image exists for, such as linux/arm64")
	user := flags.String("user", "", "user to run as")
	directory := flags.String("workdir", "", "working directory")
	flags.Var(&layers, "layer", "tar file of another layer (repeatable)")
	flags.Var(&environment, "env", "NAME=VALUE (repeatable)")
	flags.Var(&entrypoint, "entrypoint", "word of the entrypoint (repeatable)")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}

	tag, err := localTag(arguments[0], *registry)
	if err != nil {
		return err
	}
	image, err := imageOf(append(words{*base}, layers...))
	if err != nil {
		return err
	}
	built, err := image.ConfigFile()
	if err != nil {
		return err
	}
	config := built.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config = v1.Config{
		Cmd:        flags.Args(),
		Entrypoint: entrypoint,
		Env:        append(words{"PATH=/usr/local/bin:/usr/bin:/bin"}, environment...),
		User:       *user,
		WorkingDir: *directory,
	}
	if *platform == "" {
		if image, err = mutate.ConfigFile(image, config); err != nil {
			return err
		}
		return remote.Write(tag, image)
	}

	only, err := v1.ParsePlatform(*platform)
	if err != nil {
		return err
	}
	config.OS, config.Architecture = only.OS, only.Architecture
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return err
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: only}})
	return remote.WriteIndex(tag, index)
}

// The node resolves every registry to the local one, so an image is pushed under its repository alone.
func localTag(image, registry string) (name.Tag, error) {
	wanted, err := name.NewTag(image)
	if err != nil {
		return name.Tag{}, err
	}
	return name.NewTag(fmt.Sprintf("%s/%s:%s", registry, wanted.RepositoryStr(), wanted.TagStr()), name.Insecure)
}

func imageOf(files []string) (v1.Image, error) {
	var layers []v1.Layer
	for _, file := range files {
		layer, err := tarball.LayerFromFile(file)
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer)
	}
	return mutate.AppendLayers(empty.Image, layers...)
}
