package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	provisioner           = "kubemend.dev/tmpfs"
	provisionerAnnotation = "volume.kubernetes.io/storage-provisioner"
	nodeAnnotation        = "volume.kubernetes.io/selected-node"
	provisionedAnnotation = "pv.kubernetes.io/provisioned-by"
)

type claim struct {
	object
	Spec struct {
		StorageClassName string   `json:"storageClassName"`
		VolumeName       string   `json:"volumeName"`
		VolumeMode       string   `json:"volumeMode"`
		AccessModes      []string `json:"accessModes"`
		Resources        struct {
			Requests map[string]string `json:"requests"`
		} `json:"resources"`
	} `json:"spec"`
}

type volume struct {
	object
	Spec struct {
		ReclaimPolicy string `json:"persistentVolumeReclaimPolicy"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// volumes gives each claim a tmpfs of exactly its size, so that a full disk is a real one.
type volumes struct {
	cluster *api
	folder  string
	claims  *collection[claim]
	volumes *collection[volume]
}

func newVolumes(cluster *api, folder string) (<-chan struct{}, func() error) {
	changed := make(chan struct{}, 1)
	v := &volumes{
		cluster: cluster,
		folder:  folder,
		claims:  follow[claim](cluster, "/api/v1/persistentvolumeclaims", nil, changed),
		volumes: follow[volume](cluster, "/api/v1/persistentvolumes", nil, changed),
	}
	return changed, v.reconcile
}

func (v *volumes) reconcile() error {
	var failures []error
	existing := map[string]bool{}
	for _, volume := range v.volumes.all() {
		existing[volume.Metadata.Name] = true
		ours := volume.Metadata.Annotations[provisionedAnnotation] == provisioner
		if ours && volume.Status.Phase == "Released" && volume.Spec.ReclaimPolicy == "Delete" {
			failures = append(failures, v.remove(volume.Metadata.Name))
		}
	}
	for _, claim := range v.claims.all() {
		// The controller manager sets this annotation once a volume is wanted, after scheduling if the class waits for it.
		wanted := claim.Metadata.Annotations[provisionerAnnotation] == provisioner
		if wanted && claim.Spec.VolumeName == "" && !existing[volumeName(claim)] {
			failures = append(failures, v.provide(claim))
		}
	}
	return errors.Join(failures...)
}

func volumeName(claim claim) string { return "pvc-" + claim.Metadata.UID }

func (v *volumes) provide(claim claim) error {
	name, size := volumeName(claim), claim.Spec.Resources.Requests["storage"]
	bytes, err := parseQuantity(size)
	if err != nil {
		return err
	}
	folder := filepath.Join(v.folder, name)
	if err := os.Mkdir(folder, 0o777); err == nil {
		err = syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0777", bytes))
		if err != nil {
			return errors.Join(fmt.Errorf("mount %s: %w", folder, err), os.Remove(folder))
		}
	} else if !errors.Is(err, os.ErrExist) {
		return err
	}
	annotations := map[string]string{provisionedAnnotation: provisioner}
	spec := map[string]any{
		"capacity":                      map[string]string{"storage": size},
		"accessModes":                   claim.Spec.AccessModes,
		"storageClassName":              claim.Spec.StorageClassName,
		"persistentVolumeReclaimPolicy": "Delete",
		"hostPath":                      map[string]string{"path": folder, "type": "Directory"},
		"claimRef": map[string]string{
			"apiVersion": "v1",
			"kind":       "PersistentVolumeClaim",
			"namespace":  claim.Metadata.Namespace,
			"name":       claim.Metadata.Name,
			"uid":        claim.Metadata.UID,
		},
	}
	if node := claim.Metadata.Annotations[nodeAnnotation]; node != "" {
		expression := map[string]any{"key": "kubernetes.io/hostname", "operator": "In", "values": []string{node}}
		term := map[string]any{"matchExpressions": []any{expression}}
		spec["nodeAffinity"] = map[string]any{"required": map[string]any{"nodeSelectorTerms": []any{term}}}
	}
	return v.cluster.do(http.MethodPost, "/api/v1/persistentvolumes", map[string]any{
		"apiVersion": "v1",
		"kind":       "PersistentVolume",
		"metadata":   map[string]any{"name": name, "annotations": annotations},
		"spec":       spec,
	})
}

func (v *volumes) remove(name string) error {
	folder := filepath.Join(v.folder, name)
	if err := syscall.Unmount(folder, 0); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("unmount %s: %w", folder, err)
	}
	if err := os.Remove(folder); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return v.cluster.do(http.MethodDelete, "/api/v1/persistentvolumes/"+name, nil)
}

// parseQuantity reads the whole numbers with a suffix that sizes are written in.
func parseQuantity(text string) (int64, error) {
	factors := map[string]int64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}
	digits := strings.TrimRight(text, "kKMGTi")
	factor, known := factors[text[len(digits):]]
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !known {
		return 0, fmt.Errorf("cannot read size %q", text)
	}
	return number * factor, nil
}
