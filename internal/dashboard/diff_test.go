package dashboard

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	a := `{"title": "T", "version": 1, "schemaVersion": 42, "tags": ["a"],
	"templating": {"list": [{"name": "job", "type": "query", "regex": ""}, {"name": "gone", "type": "custom"}]},
	"panels": [
	  {"id": 1, "type": "stat", "title": "One", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}, "targets": [{"refId": "A", "expr": "up"}]},
	  {"id": 2, "type": "stat", "title": "Two", "gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}}]}`
	b := `{"title": "T2", "version": 2, "schemaVersion": 42, "tags": ["a"],
	"templating": {"list": [{"name": "job", "type": "query", "regex": "/x/"}]},
	"panels": [
	  {"id": 3, "type": "text", "title": "Three", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 9}},
	  {"id": 1, "type": "stat", "title": "One", "gridPos": {"h": 8, "w": 12, "x": 6, "y": 0}, "targets": [{"refId": "A", "expr": "down"}],
	   "options": {"graphMode": "area"}}]}`
	changes, err := Diff([]byte(a), []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		line := c.Kind + " " + c.Where + " " + c.Name + " " + c.Path
		if c.Path != "" {
			line += " " + string(c.Before) + " > " + string(c.After)
		}
		got = append(got, line)
	}
	want := []string{
		`changed variable job regex "" > "/x/"`,
		`removed variable gone `,
		`added panel Three `,
		`moved panel One gridPos {"h":8,"w":12,"x":0,"y":0} > {"h":8,"w":12,"x":6,"y":0}`,
		`changed panel One targets[0].expr "up" > "down"`,
		`added panel One options  > {"graphMode":"area"}`,
		`removed panel Two `,
		`changed dashboard  title "T" > "T2"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	same, err := Diff([]byte(a), []byte(strings.Replace(a, `"version": 1`, `"version":9`, 1)))
	if err != nil || len(same) != 0 {
		t.Errorf("another version: %v, %v", same, err)
	}
}

// The patch does what it says: patch(1) makes the one text of the other.
func TestUnifiedDiff(t *testing.T) {
	lines := strings.Split(strings.Repeat("a b c d e f g h i j k l m ", 8), " ")
	text := strings.Join(lines, "\n")
	for name, c := range map[string][2]string{
		"begin":      {text, "new\n" + text},
		"end":        {text, text + "more"},
		"two places": {text, strings.Replace(strings.Replace(text, "b\n", "B\n", 1), "l\nm\n\n", "l\n", 1)},
		"no newline": {"{\n}", "{\n}\n"},
		"all gone":   {"a\nb\n", "c\nd\n"},
		"one line":   {"{\"a\":1}", "{\"a\":2}"},
	} {
		patch := UnifiedDiff([]byte(c[0]), []byte(c[1]), "a/x.json", "b/x.json")
		if name == "one line" {
			if want := "--- a/x.json\n+++ b/x.json\n@@ -1,3 +1,3 @@\n {\n-  \"a\": 1\n+  \"a\": 2\n }\n"; patch != want {
				t.Errorf("%s:\n%s", name, patch)
			}
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "x.json")
		if err := os.WriteFile(path, []byte(c[0]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath("patch"); err != nil {
			if !strings.HasPrefix(patch, "--- a/x.json\n+++ b/x.json\n@@ -") {
				t.Errorf("%s: %s", name, patch)
			}
			continue
		}
		cmd := exec.Command("patch", "-s", path)
		cmd.Stdin = strings.NewReader(patch)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", name, err, out, patch)
			continue
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != c[1] {
			t.Errorf("%s: %v, %q became %q", name, err, c[0], got)
		}
	}
	if UnifiedDiff([]byte("a"), []byte("a"), "x", "y") != "" {
		t.Error("equal texts differ")
	}
}
