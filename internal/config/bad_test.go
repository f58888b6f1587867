package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/prometheus/prometheus/discovery/dns"
	_ "github.com/prometheus/prometheus/discovery/file"
	_ "github.com/prometheus/prometheus/discovery/http"
	_ "github.com/prometheus/prometheus/discovery/kubernetes"
)

var update = flag.Bool("update", false, "write the messages that are expected as they are now")

// Every testdata/bad/X.yml is refused, with the messages of X.txt.
func TestBadConfigs(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "bad"))
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) < 25 {
		t.Fatalf("found %d bad configs, err %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".yml"), func(t *testing.T) {
			_, err := Load(file, Options{Supports: []string{"rule_files"}})
			if err == nil {
				t.Fatal("was loaded")
			}
			var refused *Error
			if !errors.As(err, &refused) || len(refused.Problems) == 0 {
				t.Fatalf("the error is a %T, want an *Error with problems", err)
			}
			expected := strings.TrimSuffix(file, ".yml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(expected, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the messages are\n%s\nwant\n%s", got, want)
			}
			for _, p := range refused.Problems {
				if p.Line == 0 || p.File == "" {
					t.Errorf("the problem has no place: %s", p)
				}
			}
		})
	}
}
