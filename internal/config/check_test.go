package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every testdata/check/X/prometheus.yml is reported as X/report.txt has it; lines
// that go to the standard error begin with "! " there.
func TestCheck(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("testdata", "check", "*", "prometheus.yml"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("found %d cases, err %v", len(dirs), err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Chdir(dir)
			r := Check("prometheus.yml", CheckOptions{})
			var report strings.Builder
			r.Write(&report, marked{&report})
			if *update {
				if err := os.WriteFile("report.txt", []byte(report.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile("report.txt")
			if err != nil {
				t.Fatal(err)
			}
			if report.String() != string(want) {
				t.Errorf("the report is\n%s\nwant\n%s", report.String(), want)
			}
			if failed := strings.Contains(report.String(), "FAILED"); r.OK() == failed {
				t.Errorf("OK is %t, and the report has failures: %t", r.OK(), failed)
			}
		})
	}
}

// marked marks lines, each of which comes in a write of its own.
type marked struct{ *strings.Builder }

func (m marked) Write(p []byte) (int, error) {
	m.WriteString("! ")
	return m.Builder.Write(p)
}

func TestCheckSyntaxOnly(t *testing.T) {
	r := Check(filepath.Join("testdata", "check", "missing", "prometheus.yml"), CheckOptions{SyntaxOnly: true})
	if !r.OK() || len(r.Warnings) > 0 {
		t.Errorf("problems %v, warnings %v; want none, the files are not to be looked at", r.Problems, r.Warnings)
	}
}

func TestCheckGood(t *testing.T) {
	r := Check(filepath.Join("testdata", "good", "prometheus.yml"), CheckOptions{Options: Options{Supports: Sections()}})
	if !r.OK() || len(r.Rules) != 1 || r.Rules[0].Count != 2 || len(r.Warnings)+len(r.Ignored) > 0 {
		t.Errorf("report = %+v", r)
	}
}
