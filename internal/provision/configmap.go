package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// namespaceFile has the namespace of the pod that the program runs in.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// Cluster writes to ConfigMaps that the program's own pod has mounted. It needs the
// rights to get pods, and to get and update ConfigMaps, in its namespace.
type Cluster struct {
	Client kubernetes.Interface
	// Namespace and Pod are the program's own.
	Namespace, Pod string
}

// InCluster makes the client of the pod that the program runs in, whose host name
// is the pod's. It is nil outside of a cluster.
func InCluster() (ConfigMaps, error) {
	config, err := rest.InClusterConfig()
	if errors.Is(err, rest.ErrNotInCluster) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	namespace, err := os.ReadFile(namespaceFile)
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	pod, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	return &Cluster{client, strings.TrimSpace(string(namespace)), pod}, nil
}

// Write implements ConfigMaps.
func (c *Cluster) Write(ctx context.Context, file string, old, content []byte) (string, error) {
	pod, err := c.Client.CoreV1().Pods(c.Namespace).Get(ctx, c.Pod, metav1.GetOptions{})
	if err != nil {
		return "", refused("get the pod "+c.Pod, err)
	}
	places := mountedFrom(pod, file)
	if len(places) == 0 {
		return "", fmt.Errorf("%s is not mounted from a ConfigMap in the pod %s", file, c.Pod)
	}
	for _, at := range places {
		name := fmt.Sprintf("ConfigMap %s/%s, key %s", c.Namespace, at.name, at.key)
		m, err := c.Client.CoreV1().ConfigMaps(c.Namespace).Get(ctx, at.name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return "", refused("get the "+name, err)
		}
		if text, ok := m.Data[at.key]; !ok || text != string(old) {
			continue
		}
		m = m.DeepCopy()
		m.Data[at.key] = string(content)
		// The version that was read goes with it: a change between is refused.
		if _, err := c.Client.CoreV1().ConfigMaps(c.Namespace).Update(ctx, m, metav1.UpdateOptions{FieldManager: "monopod"}); err != nil {
			return "", refused("change the "+name, err)
		}
		return name, nil
	}
	return "", fmt.Errorf("no ConfigMap that %s can come from has its content any more; it was changed, and the mount follows within a minute", file)
}

func refused(what string, err error) error {
	if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
		return fmt.Errorf("%s: %w: %w", what, ErrMayNot, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// keyOf is one key of a ConfigMap.
type keyOf struct{ name, key string }

// mountedFrom finds the keys that can be the file in one of the pod's containers.
func mountedFrom(pod *corev1.Pod, file string) []keyOf {
	volumes := map[string]corev1.Volume{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = v
	}
	var out []keyOf
	for _, container := range pod.Spec.Containers {
		for _, mount := range container.VolumeMounts {
			rel, err := filepath.Rel(mount.MountPath, file)
			if err != nil || strings.HasPrefix(rel, "..") || mount.SubPath != "" {
				continue
			}
			v := volumes[mount.Name]
			if m := v.ConfigMap; m != nil {
				out = append(out, keysOf(m.Name, m.Items, rel)...)
			}
			if v.Projected != nil {
				for _, source := range v.Projected.Sources {
					if m := source.ConfigMap; m != nil {
						out = append(out, keysOf(m.Name, m.Items, rel)...)
					}
				}
			}
		}
	}
	return out
}

func keysOf(name string, items []corev1.KeyToPath, path string) []keyOf {
	if len(items) == 0 {
		return []keyOf{{name, path}}
	}
	for _, item := range items {
		if filepath.Clean(item.Path) == path {
			return []keyOf{{name, item.Key}}
		}
	}
	return nil
}
