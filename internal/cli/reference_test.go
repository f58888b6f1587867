package cli

import (
	"os"
	"testing"
)

func TestReferencesAreCurrent(t *testing.T) {
	for path, want := range map[string]string{
		"../../docs/reference/flags.md": FlagsReference(),
		"../../docs/reference/cli.md":   CommandReference(),
	} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what the code says: run go run ./tools/gendocs", path)
		}
	}
}
