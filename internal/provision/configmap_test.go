package provision

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"monopod/internal/dashboard/store"
)

// cluster answers about one pod and one ConfigMap.
type cluster struct {
	pod     corev1.Pod
	boards  corev1.ConfigMap
	refuses string // a method that rights are missing for
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(v)
	}
	fail := func(code int, reason string) {
		answer(code, map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": reason})
	}
	switch what := r.Method + " " + r.URL.Path; {
	case r.Method == c.refuses:
		fail(http.StatusForbidden, "Forbidden")
	case what == "GET /api/v1/namespaces/monitoring/pods/monopod-0":
		answer(http.StatusOK, c.pod)
	case what == "GET /api/v1/namespaces/monitoring/configmaps/boards":
		answer(http.StatusOK, c.boards)
	case what == "PUT /api/v1/namespaces/monitoring/configmaps/boards":
		var m corev1.ConfigMap
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.ResourceVersion != c.boards.ResourceVersion {
			fail(http.StatusConflict, "Conflict")
			return
		}
		c.boards = m
		answer(http.StatusOK, m)
	default:
		fail(http.StatusNotFound, "NotFound")
	}
}

func TestSaveBackToConfigMap(t *testing.T) {
	c := &cluster{}
	server := httptest.NewServer(c)
	defer server.Close()
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r := newRig(t, func(o *Options) {
		o.ConfigMaps = &Cluster{client, "monitoring", "monopod-0"}
		o.Now = func() time.Time { return now }
	})
	const first = "{\n \"uid\": \"a\", \"title\": \"A\"\n}"
	mount := filepath.Join(r.dir, "boards")
	c.pod.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		Sources: []corev1.VolumeProjection{{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: "boards"}, Items: []corev1.KeyToPath{{Key: "key.json", Path: "a.json"}},
		}}},
	}}}}
	c.pod.Spec.Containers = []corev1.Container{{VolumeMounts: []corev1.VolumeMount{{Name: "v", MountPath: mount}, {Name: "other", MountPath: "/x"}}}}
	c.boards.Name, c.boards.ResourceVersion = "boards", "7"
	c.boards.Data = map[string]string{"key.json": first, "other": "x"}

	r.write("root/dashboards/p.yaml", oneProvider)
	r.write("boards/..1/a.json", first)
	for _, link := range [][2]string{{"..1", "..data"}, {"..data/a.json", "a.json"}} {
		if err := os.Symlink(link[0], filepath.Join(mount, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	r.pass()
	outcome, err := r.save("a", `"A"`, `"B"`)
	if err != nil || outcome.Kind != store.WrittenConfigMap || outcome.File != "ConfigMap monitoring/boards, key key.json" {
		t.Fatalf("%+v, %v", outcome, err)
	}
	second := strings.Replace(first, `"A"`, `"B"`, 1)
	if c.boards.Data["key.json"] != second || c.boards.Data["other"] != "x" {
		t.Errorf("%v", c.boards.Data)
	}
	// The mount still has the old content, which does not come back, and another
	// change can follow.
	r.pass()
	r.wants("a B (Shop)")
	if outcome, err = r.save("a", `"B"`, `"B2"`); err != nil || outcome.Kind != store.WrittenConfigMap {
		t.Fatalf("%+v, %v", outcome, err)
	}
	second = strings.Replace(first, `"A"`, `"B2"`, 1)
	r.write("boards/..1/a.json", second)
	r.pass()
	r.wants("a B2 (Shop)")
	if d, err := r.boards.ByUID(t.Context(), "a"); err != nil || d.Version != 3 {
		t.Errorf("version %d, %v", d.Version, err)
	}
	// Without the right to write, the person gets the patch.
	c.refuses = http.MethodPut
	outcome, err = r.save("a", `"B2"`, `"C"`)
	if err != nil || outcome.Kind != store.Patched || !strings.Contains(outcome.Patch, `+ "uid": "a", "title": "C"`) {
		t.Errorf("%+v, %v", outcome, err)
	}
	// So it is where the ConfigMap was changed and the mount has not followed.
	c.refuses = ""
	c.boards.Data["key.json"] = "{}"
	if outcome, err = r.save("a", `"B2"`, `"C"`); err != nil || outcome.Kind != store.Patched || c.boards.Data["key.json"] != "{}" {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// A ConfigMap that was written and never reaches the mount is not waited for for ever.
func TestMountThatDoesNotFollow(t *testing.T) {
	now := time.Now()
	s := New(Options{Now: func() time.Time { return now }})
	s.mu.written["/f"] = onTheWay{"sum", nil, now.Add(mountDelay)}
	if !s.isOnTheWay("/f", "sum") {
		t.Error("not on its way")
	}
	now = now.Add(mountDelay + time.Second)
	if s.isOnTheWay("/f", "sum") {
		t.Error("still on its way")
	}
}
