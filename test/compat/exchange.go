package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"monopod/test/process"
)

// exchange moves the data directory of a Prometheus into Monopod and back. What
// both print and answer must be the same to the last bit.
type exchange struct {
	*comparison
	monopod, prometheus, promtool string
	dir                           string
	// source is Prometheus's data directory, of a Prometheus that has ended.
	source string
	want   []string // what promtool dumps of it
}

// post asks Prometheus to do something.
func (x *exchange) post(path string) error {
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, x.prom+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s: status %d", path, res.StatusCode)
	}
	return nil
}

// inDir is a path in the directory of the test.
func (x *exchange) inDir(name string) string { return filepath.Join(x.dir, name) }

// do runs a program and returns what it printed.
func (x *exchange) do(program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(x.ctx, program, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s %s: %w: %.600s%.600s", filepath.Base(program), strings.Join(args, " "), err, out.Bytes(), errs.Bytes())
	}
	return out.Bytes(), nil
}

// dump is the samples of a data directory, a line each, sorted.
func (x *exchange) dump(program, dir string) ([]string, error) {
	out, err := x.do(program, "tsdb", "dump", dir)
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	slices.Sort(lines)
	return lines, err
}

// sameSamples holds a data directory to the source.
func (x *exchange) sameSamples(what, program, dir string) {
	got, err := x.dump(program, dir)
	if err != nil {
		x.report(what, err.Error())
		return
	}
	if program == x.monopod {
		got = x.asPromtool(got)
	}
	x.report(what, firstDifference(x.want, got))
}

// asPromtool leaves out what promtool does: it reads floats, float histograms and
// histograms in three loops, each of which drops the first sample that it has no
// place for, so that it does not print the first two histograms of a series.
func (x *exchange) asPromtool(lines []string) []string {
	left := map[string]int{}
	return slices.DeleteFunc(lines, func(line string) bool {
		series, _, histogram := strings.Cut(line, "} {count:")
		if _, printed := slices.BinarySearch(x.want, line); printed || !histogram {
			return false
		}
		left[series]++
		return left[series] <= 2
	})
}

func firstDifference(want, got []string) string {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("%d samples, want %d: %s is missing", len(got), len(want), want[i])
		case i >= len(want):
			return fmt.Sprintf("%d samples, want %d: %s is too much", len(got), len(want), got[i])
		case want[i] != got[i]:
			return fmt.Sprintf("%s, want %s", got[i], want[i])
		}
	}
	return ""
}

// oldSamples is text of which promtool makes blocks: hours before the scrapes, and
// beside them.
func oldSamples(now time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, "# TYPE demo_backfilled gauge")
	for _, from := range []time.Time{now.Add(-9 * time.Hour), now.Add(-3 * time.Hour), now.Add(-100 * time.Second)} {
		for i := range 40 {
			for s := range 5 {
				fmt.Fprintf(&b, "demo_backfilled{job=\"old\",n=\"%d\"} %v %d\n", s, float64(i*s)/7, from.Add(time.Duration(i)*time.Second).Unix())
			}
		}
	}
	b.WriteString("# EOF\n")
	return b.Bytes()
}

// run goes through all of it. The Prometheus of the source runs; end ends it.
func (x *exchange) run(end func() error) error {
	store := x.inDir("imported")
	// While it runs, and again when it has ended.
	if _, err := x.do(x.monopod, "import", "prometheus", x.source, "--storage.tsdb.path="+store); err != nil {
		return err
	}
	// A part of some series: of what has no sample left, Prometheus still tells the labels.
	if err := x.post(fmt.Sprintf(`/api/v1/admin/tsdb/delete_series?match[]=demo_size_bytes&start=%s&end=%s`, stamp(x.end.Add(-45*time.Second)), stamp(x.end.Add(-40*time.Second)))); err != nil {
		return err
	}
	if err := end(); err != nil {
		return err
	}
	text := x.inDir("old.txt")
	if err := os.WriteFile(text, oldSamples(time.Now()), 0o644); err != nil {
		return err
	}
	if _, err := x.do(x.promtool, "tsdb", "create-blocks-from", "openmetrics", text, x.source); err != nil {
		return err
	}
	var err error
	if x.want, err = x.dump(x.promtool, x.source); err != nil {
		return err
	}
	blocks, err := filepath.Glob(filepath.Join(x.source, "*", "meta.json"))
	if err != nil {
		return err
	}
	fmt.Printf("exchange: %d samples, %d blocks and the head\n", len(x.want), len(blocks))
	if len(x.want) < 10_000 || len(blocks) < 4 {
		return errors.New("that proves little")
	}
	for _, step := range []func(store string) error{x.imported, x.exported, x.killed, x.refused} {
		if err := step(store); err != nil {
			return err
		}
	}
	return nil
}

// imported imports, and asks both programs.
func (x *exchange) imported(store string) error {
	before := listing(x.source)
	// The deletion came after the first import, and so does this.
	fresh := x.inDir("imported-at-once")
	if _, err := x.do(x.monopod, "import", "prometheus", x.source, "--storage.tsdb.path="+fresh); err != nil {
		return err
	}
	x.report("the source is as it was", firstDifference(before, listing(x.source)))
	x.sameSamples("import at once", x.monopod, fresh)
	if _, err := x.do(x.monopod, "import", "prometheus", x.source, "--storage.tsdb.path="+store); err != nil {
		return err
	}
	out, err := x.do(x.monopod, "import", "prometheus", x.source, "--storage.tsdb.path="+fresh)
	if err == nil && !bytes.Contains(out, []byte("Nothing new")) {
		err = fmt.Errorf("it printed %s", out)
	}
	x.report("import again", text(err))
	return x.asked("imported", x.source, fresh)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// listing is the files of a directory with their sizes.
func listing(dir string) []string {
	var out []string
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			out = append(out, fmt.Sprintf("%s %d %s", path, i.Size(), i.ModTime()))
		}
		return err
	})
	return out
}

// asked serves two directories, one with each program, and compares the answers.
func (x *exchange) asked(name, promDir, monoDir string) error {
	config := x.inDir("nothing.yml")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1m}\n"), 0o644); err != nil {
		return err
	}
	served := x.inDir(name + "-prometheus")
	if err := os.CopyFS(served, os.DirFS(promDir)); err != nil {
		return err
	}
	var running process.All
	defer running.Stop()
	start := func(name, program, data string) (string, error) {
		addr, err := process.FreeAddress()
		if err != nil {
			return "", err
		}
		p, err := process.Start(x.dir, name, addr, program, "--config.file="+config, "--web.listen-address="+addr, "--storage.tsdb.path="+data,
			"--storage.tsdb.retention.time=10y", "--enable-feature=exemplar-storage")
		if err != nil {
			return "", err
		}
		running.Add(p)
		return p.URL(), p.WaitReady(x.ctx, "/-/ready")
	}
	c := comparison{ctx: x.ctx, end: x.end, exact: true}
	var err error
	if c.prom, err = start(name+"-by-prometheus", x.prometheus, served); err != nil {
		return err
	}
	if c.mono, err = start(name+"-by-monopod", x.monopod, monoDir); err != nil {
		return err
	}
	c.queries()
	for _, path := range []string{"labels", "label/__name__/values", "label/job/values", `series?match[]={__name__=~"demo_.*"}`,
		fmt.Sprintf("query_exemplars?query=demo_native_seconds&start=%d&end=%d", x.end.Add(-time.Hour).Unix(), x.end.Add(time.Hour).Unix())} {
		want, err1 := get(x.ctx, c.prom+"/api/v1/"+path)
		got, err2 := get(x.ctx, c.mono+"/api/v1/"+path)
		d := text(errors.Join(err1, err2))
		if d == "" {
			d = documentsDiffer(want, got)
		}
		c.report(path, d)
	}
	// A directory that is in use.
	_, err = x.do(x.monopod, "import", "prometheus", x.source, "--storage.tsdb.path="+monoDir)
	if err == nil || !strings.Contains(err.Error(), "holds it") {
		c.report("import into a directory in use", fmt.Sprintf("%v", err))
	}
	x.passed, x.failed = x.passed+c.passed, x.failed+c.failed
	fmt.Printf("exchange: %s: %d answers compared\n", name, c.passed+c.failed)
	return nil
}

// exported makes blocks of Prometheus of the import, and imports them again.
func (x *exchange) exported(string) error {
	to, again := x.inDir("exported"), x.inDir("imported-again")
	if _, err := x.do(x.monopod, "export", "prometheus", x.inDir("imported-at-once"), "--to="+to); err != nil {
		return err
	}
	_, err := x.do(x.promtool, "tsdb", "analyze", to)
	x.report("promtool tsdb analyze of the export", text(err))
	x.sameSamples("promtool dumps the export", x.promtool, to)
	if _, err := x.do(x.monopod, "import", "prometheus", to, "--storage.tsdb.path="+again); err != nil {
		return err
	}
	x.sameSamples("import, export, import", x.monopod, again)
	return x.asked("exported", to, again)
}

// killed ends imports and exports at any time, until one comes to its end.
func (x *exchange) killed(string) error {
	store, to := x.inDir("killed-import"), x.inDir("killed-export")
	kills, err := x.untilDone([]string{"import", "prometheus", x.source, "--storage.tsdb.path=" + store}, func() error {
		if _, err := os.Stat(filepath.Join(store, "blocks")); err != nil {
			return nil
		}
		_, err := x.do(x.monopod, "tsdb", "check", store)
		return err
	})
	if err != nil {
		return err
	}
	x.sameSamples(fmt.Sprintf("import, killed %d times", kills), x.monopod, store)
	exported, err := x.untilDone([]string{"export", "prometheus", store, "--to=" + to}, func() error {
		if blocks, err := filepath.Glob(filepath.Join(to, "*", "meta.json")); err != nil || len(blocks) == 0 {
			return err
		}
		_, err := x.do(x.promtool, "tsdb", "analyze", to)
		return err
	})
	if err != nil {
		return err
	}
	x.sameSamples(fmt.Sprintf("export, killed %d times", exported), x.promtool, to)
	fmt.Printf("exchange: an import was killed %d times, an export %d times\n", kills, exported)
	return nil
}

// untilDone runs a command and kills it after a while, longer each time; whole is
// asked after each kill.
func (x *exchange) untilDone(args []string, whole func() error) (kills int, err error) {
	for limit := 20 * time.Millisecond; ; limit += limit / 4 {
		ctx, cancel := context.WithTimeout(x.ctx, limit/2+rand.N(limit))
		cmd := exec.CommandContext(ctx, x.monopod, args...) // the context kills with SIGKILL
		out, err := cmd.CombinedOutput()
		cut := ctx.Err() != nil
		cancel()
		switch {
		case err == nil:
			return kills, nil
		case !cut || x.ctx.Err() != nil:
			return kills, fmt.Errorf("%v: %w: %s", args, err, out)
		}
		kills++
		if err := whole(); err != nil {
			return kills, fmt.Errorf("after kill %d: %w", kills, err)
		}
	}
}

// refused damages a block of a copy, which is then refused by name.
func (x *exchange) refused(string) error {
	bad := x.inDir("damaged-source")
	if err := os.CopyFS(bad, os.DirFS(x.source)); err != nil {
		return err
	}
	chunks, err := filepath.Glob(filepath.Join(bad, "*", "index"))
	if err != nil || len(chunks) == 0 {
		return fmt.Errorf("no block in %s: %w", bad, err)
	}
	b, err := os.ReadFile(chunks[0])
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 0x10
	if err := os.WriteFile(chunks[0], b, 0o644); err != nil {
		return err
	}
	name := filepath.Base(filepath.Dir(chunks[0]))
	_, err = x.do(x.monopod, "import", "prometheus", bad, "--storage.tsdb.path="+x.inDir("of-damaged"))
	d := ""
	if err == nil || !strings.Contains(err.Error(), name) {
		d = fmt.Sprintf("block %s is damaged, and the import says: %v", name, err)
	}
	x.report("import of a damaged block", d)
	return nil
}
