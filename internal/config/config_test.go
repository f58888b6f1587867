package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
)

func loadGood(t *testing.T, o Options) *Loaded {
	t.Helper()
	t.Setenv("MONOPOD_TEST_CLUSTER", "blue")
	l, err := Load(filepath.Join("testdata", "good", "prometheus.yml"), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLoad(t *testing.T) {
	l := loadGood(t, Options{Supports: []string{"rule_files"}})
	var jobs []string
	for _, j := range l.Jobs {
		jobs = append(jobs, j.JobName)
	}
	if want := []string{"defaults", "everything", "drawn-in"}; !slices.Equal(jobs, want) {
		t.Errorf("jobs = %q, want %q", jobs, want)
	}
	labels := l.Config.GlobalConfig.ExternalLabels
	if labels.Get("cluster") != "blue" || labels.Get("price") != "$5" {
		t.Errorf("external labels = %s, want the environment variable and $ replaced", labels)
	}
	for _, i := range []int{0, 2} {
		if j := l.Jobs[i]; j.ScrapeInterval != model.Duration(15*time.Second) || j.ScrapeTimeout != model.Duration(5*time.Second) {
			t.Errorf("job %s: interval %v, timeout %v; want those of the global section", j.JobName, j.ScrapeInterval, j.ScrapeTimeout)
		}
	}
	if got, want := l.Jobs[2].HTTPClientConfig.Authorization.CredentialsFile, filepath.Join("testdata", "good", "jobs", "token"); got != want {
		t.Errorf("credentials file of the drawn-in job = %q, want %q, relative to its own file", got, want)
	}
	if len(l.Warnings) > 0 {
		t.Errorf("warnings = %v, want none", l.Warnings)
	}
	if !strings.HasPrefix(l.Text, "# Every kind of section") {
		t.Errorf("the text is not that of the file: %.40q", l.Text)
	}
}

func TestFilesOfAConfiguration(t *testing.T) {
	l := loadGood(t, Options{})
	got := make(map[Role][]string)
	for _, f := range l.Files {
		rel, err := filepath.Rel(filepath.Join("testdata", "good"), f.Path)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Role] = append(got[f.Role], rel)
	}
	for _, files := range got {
		slices.Sort(files)
	}
	want := map[Role][]string{
		RoleMain:    {"prometheus.yml"},
		RoleJobs:    {"jobs/*.yml"},
		RoleRules:   {"rules/*.yml"},
		RoleTargets: {"targets/*.json", "targets/one.yml"},
		RoleCredential: {
			"jobs/token", "secrets/ca.pem", "secrets/cert.pem", "secrets/header", "secrets/key.pem", "secrets/kubeconfig",
			"secrets/password", "secrets/token",
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("files = %v\nwant %v", got, want)
	}
	if l.Files[0].Role != RoleMain {
		t.Errorf("the first file is %+v, want the main file", l.Files[0])
	}
}

func TestIgnoredSections(t *testing.T) {
	var got []string
	for _, n := range loadGood(t, Options{Supports: []string{"rule_files", "runtime", "storage.tsdb.retention"}}).Ignored {
		got = append(got, n.Key)
		if n.Line == 0 || n.File == "" {
			t.Errorf("the notice has no place: %s", n)
		}
	}
	want := []string{
		"global.query_log_file", "alerting", "scrape_configs[].scrape_failure_log_file", "storage.tsdb.out_of_order_time_window",
		"storage.exemplars", "tracing", "remote_write", "remote_read", "otlp",
	}
	if !slices.Equal(got, want) {
		t.Errorf("ignored = %q, want %q", got, want)
	}
	if left := loadGood(t, Options{Supports: Sections()}).Ignored; len(left) > 0 {
		t.Errorf("with every section supported ignored = %v, want none", left)
	}
}

// The locator and the judge must find nothing wrong with what Prometheus takes, or
// they would blame the wrong part of a file that has another fault.
func TestNothingIsFoundInAGoodConfig(t *testing.T) {
	l := loadGood(t, Options{})
	doc, syntax := parseNodes(l.Path, l.Text)
	if syntax != nil {
		t.Fatal(syntax)
	}
	problems := locate(l.Path, doc, reflect.TypeFor[promconfig.Config]())
	problems = append(problems, newJudge(doc).main(l.Path, doc)...)
	for _, p := range problems {
		t.Error(p)
	}
}

func TestWarnings(t *testing.T) {
	text := `scrape_configs:
  - job_name: a
    basic_auth: {username: u, password_file: nowhere/password}
    file_sd_configs:
      - files: [nowhere/*.json]
rule_files: [nowhere/rules.yml]
`
	l, err := Parse(text, Options{Supports: []string{"rule_files"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range l.Warnings {
		got = append(got, n.String())
	}
	want := []string{
		`default configuration:6: rule_files[0]: no file matches "nowhere/rules.yml"; it is used as soon as one is there`,
		`default configuration:5: scrape_configs[0].file_sd_configs[0].files[0]: no file matches "nowhere/*.json"; it is used as soon as one is there`,
		`default configuration:3: scrape_configs[0].basic_auth.password_file: the file "nowhere/password" cannot be read; what needs it fails until it can`,
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("warnings:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadMissingFile(t *testing.T) {
	_, err := Load("testdata/nowhere.yml", Options{})
	want := "testdata/nowhere.yml: there is no such file; check --config.file, or leave it out to monitor this machine"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
	if _, err := Load("testdata", Options{}); err == nil || err.Error() != "testdata: cannot read the file: is a directory" {
		t.Errorf("error for a directory = %v", err)
	}
}

func TestEmptyFileIsAConfiguration(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "global:\n"} {
		l, err := Parse(text, Options{})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(l.Jobs) != 0 || l.Config.GlobalConfig.ScrapeInterval != model.Duration(time.Minute) {
			t.Errorf("%q: %d jobs, interval %v; want none, and Prometheus's defaults", text, len(l.Jobs), l.Config.GlobalConfig.ScrapeInterval)
		}
	}
}

func TestDefault(t *testing.T) {
	l, err := Default(Options{},
		DefaultJob{Name: "node", Address: "localhost:9090", MetricsPath: "/metrics/node", Labels: map[string]string{"machine": `a "b": c`}},
		DefaultJob{Name: "monopod", Address: "[::1]:9090", Scheme: "https"},
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Jobs) != 2 {
		t.Fatalf("%d jobs, want 2", len(l.Jobs))
	}
	node, self := l.Jobs[0], l.Jobs[1]
	if node.JobName != "node" || node.MetricsPath != "/metrics/node" || node.Scheme != "http" {
		t.Errorf("first job = %s %s %s", node.JobName, node.Scheme, node.MetricsPath)
	}
	if self.JobName != "monopod" || self.MetricsPath != "/metrics" || self.Scheme != "https" {
		t.Errorf("second job = %s %s %s", self.JobName, self.Scheme, self.MetricsPath)
	}
	for _, j := range l.Jobs {
		if j.ScrapeInterval != model.Duration(5*time.Second) || j.ScrapeTimeout != model.Duration(5*time.Second) {
			t.Errorf("job %s: interval %v, timeout %v, want 5s", j.JobName, j.ScrapeInterval, j.ScrapeTimeout)
		}
	}
	group := node.ServiceDiscoveryConfigs[0].(discovery.StaticConfig)[0]
	if group.Targets[0]["__address__"] != "localhost:9090" || group.Labels["machine"] != `a "b": c` {
		t.Errorf("targets of node = %v %v", group.Targets, group.Labels)
	}
	if l.Path != "" || len(l.Files) != 0 {
		t.Errorf("path %q, files %v; want none", l.Path, l.Files)
	}
	if again, err := Parse(l.Text, Options{}); err != nil || again.Redacted() != l.Redacted() {
		t.Errorf("the default text is not a configuration with the same meaning: %v", err)
	}
}

func TestRedacted(t *testing.T) {
	l, err := Parse("scrape_configs:\n  - job_name: a\n    basic_auth: {username: u, password: hunter2}\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if text := l.Redacted(); strings.Contains(text, "hunter2") || !strings.Contains(text, "password: <secret>") {
		t.Errorf("redacted configuration:\n%s", text)
	}
}

// A problem tells about a password's key, never the password.
func TestProblemsKeepSecrets(t *testing.T) {
	text := "scrape_configs:\n  - job_name: a\n    basic_auth: {username: u, password: [hunter2]}\n    bearer_token: {hunter2: hunter2}\n"
	_, err := Parse(text, Options{})
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("error = %v", err)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error has the secret: %v", err)
	}
}

// Aliases of aliases of aliases are refused in time.
func TestAliasBomb(t *testing.T) {
	text := "remote_write: &a0\n  - url: x\n"
	for i := range 9 {
		text += fmt.Sprintf("k%d: &a%d [%s]\n", i, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	text += "scrape_configs: *a9\n"
	if _, err := Parse(text, Options{}); err == nil {
		t.Error("was loaded")
	}
}

// Whatever the text, it is a configuration or has problems.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"bad/*.yml", "good/*.yml"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text, Options{})
		var refused *Error
		switch {
		case err == nil && (l == nil || l.Config == nil):
			t.Error("no error, and no configuration")
		case err != nil && (!errors.As(err, &refused) || len(refused.Problems) == 0):
			t.Errorf("the error is %T without problems", err)
		}
	})
}

func TestAliasInItself(t *testing.T) {
	_, err := Parse("scrape_configs: &a\n  - job_name: x\n    static_configs: *a\n", Options{})
	if err == nil {
		t.Error("was loaded")
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"job_name", "scrape_interval", "scrape_timeout", "static_configs"}
	for word, want := range map[string]string{
		"scrapeInterval": "scrape_interval", "scrape-interval": "scrape_interval", "SCRAPE_INTERVAL": "scrape_interval",
		"scrape_intreval": "scrape_interval", "static_config": "static_configs", "jobname": "job_name", "job_nmae": "job_name",
		"name": "", "x": "", "": "", "scrape": "",
	} {
		if got, _ := nearest(word, candidates); got != want {
			t.Errorf("nearest to %q = %q, want %q", word, got, want)
		}
	}
}
