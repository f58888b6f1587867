package app

import (
	"os"
	"strings"
	"testing"
)

func TestReferenceIsCurrent(t *testing.T) {
	want := APIReference()
	for line := range strings.Lines(want) {
		if strings.HasSuffix(line, "|  |\n") {
			t.Errorf("purposes does not say what this is for: %s", line)
		}
	}
	got, err := os.ReadFile("../../docs/reference/grafana-api.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/reference/grafana-api.md is not what the code says: run make docs")
	}
}
