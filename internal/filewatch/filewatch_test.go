package filewatch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// start runs a watcher of patterns that only notifications wake, until the test ends.
func start(t *testing.T, o Options, patterns ...string) *Watcher {
	t.Helper()
	if o.Settle == 0 {
		o.Settle = 10 * time.Millisecond
	}
	if o.Poll == 0 {
		o.Poll = time.Hour
	}
	w := New(o)
	w.Set(patterns)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Run goes on after its context ended")
		}
	})
	return w
}

// want reports a failure unless the next change is of exactly these files.
func want(t *testing.T, w *Watcher, files ...string) {
	t.Helper()
	select {
	case got := <-w.Changes():
		slices.Sort(files)
		if !slices.Equal(got, files) {
			t.Fatalf("changed files = %q, want %q", got, files)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("no change was reported, want one of %q", files)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replace writes a file the way editors do: beside it, then renamed over it.
func replace(t *testing.T, file, content string) {
	t.Helper()
	write(t, file+".tmp", content)
	must(t, os.Rename(file+".tmp", file))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteInPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, file, "one")
	w := start(t, Options{}, file)
	write(t, file, "two")
	want(t, w, file)
}

func TestRenameOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, file, "one")
	w := start(t, Options{}, file)
	for _, content := range []string{"two", "three", "four"} {
		replace(t, file, content)
		want(t, w, file)
	}
}

func TestTouchIsNoChange(t *testing.T) {
	dir := t.TempDir()
	touched, other := filepath.Join(dir, "a.yml"), filepath.Join(dir, "b.yml")
	write(t, touched, "same")
	write(t, other, "one")
	w := start(t, Options{}, touched, other)
	must(t, os.Chtimes(touched, time.Now(), time.Now().Add(time.Hour)))
	replace(t, touched, "same")
	write(t, other, "two")
	want(t, w, other)
}

func TestFileAppearsLater(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "not", "yet", "prometheus.yml")
	w := start(t, Options{}, file)
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	write(t, file, "one")
	want(t, w, file)
}

func TestDirectoryMadeAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "conf")
	file := filepath.Join(dir, "prometheus.yml")
	must(t, os.Mkdir(dir, 0o755))
	write(t, file, "one")
	w := start(t, Options{}, file)
	for _, content := range []string{"two", "three"} {
		must(t, os.RemoveAll(dir))
		want(t, w, file)
		must(t, os.Mkdir(dir, 0o755))
		write(t, file, content)
		want(t, w, file)
	}
	// Swapped for another directory at once: the old one lives on elsewhere.
	must(t, os.Mkdir(dir+".new", 0o755))
	write(t, filepath.Join(dir+".new", "prometheus.yml"), "four")
	must(t, os.Rename(dir, dir+".old"))
	must(t, os.Rename(dir+".new", dir))
	want(t, w, file)
	write(t, file, "five")
	want(t, w, file)
}

// configMap is a directory as the kubelet keeps it for a mounted ConfigMap: the
// files are links into ..data, which is a link to a directory with a time in its
// name, and an update makes a new directory and renames a new link over ..data.
type configMap struct{ dir string }

func (c configMap) update(t *testing.T, version string, files map[string]string) {
	t.Helper()
	data := filepath.Join(c.dir, "..data")
	old, _ := os.Readlink(data)
	must(t, os.Mkdir(filepath.Join(c.dir, version), 0o755))
	for name, content := range files {
		write(t, filepath.Join(c.dir, version, name), content)
	}
	must(t, os.Symlink(version, data+"_tmp"))
	must(t, os.Rename(data+"_tmp", data))
	for name := range files {
		link := filepath.Join(c.dir, name)
		if _, err := os.Lstat(link); err != nil {
			must(t, os.Symlink(filepath.Join("..data", name), link))
		}
	}
	if old != "" {
		must(t, os.RemoveAll(filepath.Join(c.dir, old)))
	}
}

func TestConfigMapSwap(t *testing.T) {
	c := configMap{t.TempDir()}
	c.update(t, "..2026_01", map[string]string{"prometheus.yml": "one", "rules.yml": "same"})
	main, rules, more := filepath.Join(c.dir, "prometheus.yml"), filepath.Join(c.dir, "rules.yml"), filepath.Join(c.dir, "more.yml")
	w := start(t, Options{}, main, filepath.Join(c.dir, "*.yml"))

	c.update(t, "..2026_02", map[string]string{"prometheus.yml": "two", "rules.yml": "same"})
	want(t, w, main)
	c.update(t, "..2026_03", map[string]string{"prometheus.yml": "three", "rules.yml": "other"})
	want(t, w, main, rules)
	c.update(t, "..2026_04", map[string]string{"prometheus.yml": "three", "rules.yml": "other", "more.yml": "new"})
	want(t, w, more)
}

func TestLinkElsewhere(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "etc", "monopod")
	must(t, os.MkdirAll(real, 0o755))
	must(t, os.MkdirAll(filepath.Dir(link), 0o755))
	write(t, filepath.Join(real, "prometheus.yml"), "one")
	must(t, os.Symlink("../real", link))
	file := filepath.Join(link, "prometheus.yml")
	w := start(t, Options{}, file)
	write(t, filepath.Join(real, "prometheus.yml"), "two")
	want(t, w, file)

	other := filepath.Join(dir, "other")
	must(t, os.Mkdir(other, 0o755))
	write(t, filepath.Join(other, "prometheus.yml"), "three")
	must(t, os.Symlink(other, link+".new"))
	must(t, os.Rename(link+".new", link))
	want(t, w, file)
}

func TestGlobGrows(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "rules", "a.yml"), filepath.Join(dir, "rules", "b.yml")
	w := start(t, Options{}, filepath.Join(dir, "rules", "*.yml"))
	must(t, os.Mkdir(filepath.Dir(a), 0o755))
	write(t, a, "a")
	want(t, w, a)
	write(t, filepath.Join(dir, "rules", "notes.txt"), "does not match")
	write(t, b, "b")
	want(t, w, b)
	must(t, os.Remove(a))
	want(t, w, a)
	must(t, os.Rename(b, a))
	want(t, w, a, b)
}

func TestGlobOfDirectories(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Options{}, filepath.Join(dir, "*", "rules.yml"))
	for _, team := range []string{"red", "blue"} {
		file := filepath.Join(dir, team, "rules.yml")
		must(t, os.Mkdir(filepath.Dir(file), 0o755))
		write(t, file, team)
		want(t, w, file)
		write(t, file, team+" again")
		want(t, w, file)
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "prometheus.yml", "one")
	w := start(t, Options{}, "prometheus.yml")
	replace(t, "prometheus.yml", "two")
	want(t, w, "prometheus.yml")
}

// Where no notification comes, here because there is no watcher of them, looking
// regularly finds the change.
func TestPoll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, file, "one")
	w := New(Options{Settle: time.Second, Poll: 7 * time.Second})
	w.Set([]string{file})
	r := &round{w: w}
	now := time.Now()
	if in := r.look(now); in != 7*time.Second {
		t.Errorf("looks again in %v, want 7s", in)
	}
	write(t, file, "two")
	if in := r.look(now.Add(7 * time.Second)); in != time.Second || r.changed != nil {
		t.Errorf("after a change looks again in %v and reports %v, want in 1s and nothing yet", in, r.changed)
	}
	if in := r.look(now.Add(8 * time.Second)); in != 7*time.Second || !r.changed[file] {
		t.Errorf("after the change settled looks again in %v and reports %v", in, r.changed)
	}
}

func TestTwoStepWriteIsOneChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, file, "one")
	w := New(Options{Settle: time.Second})
	w.Set([]string{file})
	r := &round{w: w}
	now := time.Now()
	step := func(after time.Duration, wantIn time.Duration, wantChange bool) {
		t.Helper()
		in := r.look(now.Add(after))
		if in != wantIn || r.changed[file] != wantChange {
			t.Errorf("at %v: looks again in %v, reports %t; want in %v, %t", after, in, r.changed[file], wantIn, wantChange)
		}
	}
	must(t, os.Truncate(file, 0))
	step(0, 10*time.Second, false) // empty: most likely half of a replacement
	step(4*time.Second, 6*time.Second, false)
	write(t, file, "tw")
	step(5*time.Second, time.Second, false)
	write(t, file, "two")
	step(6*time.Second, time.Second, false)
	step(7*time.Second, 5*time.Second, true)
	r.changed = nil
	must(t, os.Remove(file))
	step(20*time.Second, 10*time.Second, false)
	write(t, file, "two") // there again, as it was
	step(25*time.Second, 5*time.Second, false)
	must(t, os.Truncate(file, 0)) // and now empty for good
	step(30*time.Second, 10*time.Second, false)
	step(40*time.Second, 5*time.Second, true)
}

// A reader that calls Set and then reads has seen everything up to Set.
func TestSetTakesTheBase(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.yml"), filepath.Join(dir, "b.yml")
	write(t, a, "one")
	w := New(Options{Settle: time.Second, Poll: 7 * time.Second})
	w.Set([]string{a})
	r := &round{w: w}
	now := time.Now()
	write(t, a, "two")
	r.look(now)
	if in := r.look(now.Add(time.Second)); in != 7*time.Second || !r.changed[a] {
		t.Fatalf("the change was not found: looks again in %v, reports %v", in, r.changed)
	}
	write(t, a, "three")
	w.Set([]string{a, b})
	if in := r.look(now.Add(2 * time.Second)); in != 7*time.Second || len(r.changed) > 0 {
		t.Errorf("after Set looks again in %v and reports %v, want in 7s and nothing", in, r.changed)
	}
	write(t, b, "one")
	r.look(now.Add(3 * time.Second))
	r.look(now.Add(4 * time.Second))
	if len(r.changed) != 1 || !r.changed[b] {
		t.Errorf("reports %v, want %s", r.changed, b)
	}
}

func TestUnreadableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root may read everything; a directory in the way is unreadable for it too.
		dir := t.TempDir()
		file := filepath.Join(dir, "prometheus.yml")
		must(t, os.Mkdir(file, 0o755))
		w := start(t, Options{}, file)
		must(t, os.Remove(file))
		write(t, file, "one")
		want(t, w, file)
		return
	}
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, file, "one")
	must(t, os.Chmod(file, 0))
	w := start(t, Options{}, file)
	must(t, os.Chmod(file, 0o644))
	want(t, w, file)
}

func TestLinkToItself(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "prometheus.yml")
	must(t, os.Symlink(file, file))
	w := start(t, Options{}, file)
	must(t, os.Remove(file))
	write(t, file, "one")
	want(t, w, file)
}
