package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// job is the targets of a payload that are scraped alike.
type job struct {
	kind   string
	native bool
}

func (j job) name() string {
	if j.native {
		return j.kind + "-native"
	}
	return j.kind
}

// jobs are all that the fleet has or may get.
func (f *Fleet) jobs() []job {
	var out []job
	for _, kind := range kinds {
		if f.o.Mix[kind] == 0 {
			continue
		}
		if f.o.Native < 1 {
			out = append(out, job{kind, false})
		}
		if f.o.Native > 0 {
			out = append(out, job{kind, true})
		}
	}
	return out
}

func (f *Fleet) membersLocked(j job) []*member {
	var out []*member
	for _, m := range f.mu.members {
		if m.target.player.payload.Kind == j.kind && (m.target.native != nil) == j.native {
			out = append(out, m)
		}
	}
	return out
}

// Config is a prometheus.yml for the fleet.
func (f *Fleet) Config() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b bytes.Buffer
	fmt.Fprintf(&b, "global: {scrape_interval: %s, scrape_timeout: %s}\nscrape_configs:\n", f.o.Interval, f.o.Interval)
	for _, j := range f.jobs() {
		fmt.Fprintf(&b, "- {job_name: %s, enable_compression: %t, ", j.name(), f.o.Gzip)
		if j.native {
			b.WriteString("scrape_native_histograms: true, scrape_protocols: [PrometheusProto], ")
		}
		if f.o.Churn > 0 {
			fmt.Fprintf(&b, "file_sd_configs: [{files: [%s]}]}\n", strconv.Quote(f.list(j)))
			continue
		}
		var list []string
		for _, m := range f.membersLocked(j) {
			list = append(list, strconv.Quote(m.address))
		}
		fmt.Fprintf(&b, "static_configs: [{targets: [%s]}]}\n", strings.Join(list, ", "))
	}
	return b.Bytes()
}

// list is the file with the targets of a job.
func (f *Fleet) list(j job) string {
	return filepath.Join(f.o.Dir, "targets-"+j.name()+".json")
}

// writeLists writes the targets of each job anew.
func (f *Fleet) writeLists() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	for _, j := range f.jobs() {
		groups := []group{}
		for _, m := range f.membersLocked(j) {
			groups = append(groups, group{[]string{m.address}, map[string]string{"pod": fmt.Sprintf("%s-%05d", j.kind, m.number)}})
		}
		text, err := json.Marshal(groups)
		if err != nil {
			return err
		}
		tmp := f.list(j) + ".tmp"
		if err := os.WriteFile(tmp, text, 0o644); err != nil {
			return err
		}
		if err := os.Rename(tmp, f.list(j)); err != nil {
			return err
		}
	}
	return nil
}
