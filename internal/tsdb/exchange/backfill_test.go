package exchange

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	promtsdb "github.com/prometheus/prometheus/tsdb"

	"monopod/internal/vfs"
)

// A block that promtool made may reach into the time of the head: it stands for
// nothing that the head has.
func TestImportOfABackfilledBlock(t *testing.T) {
	dir := prometheusDir(t, seeded(t), 3)
	want := readPrometheus(t, dir)
	last := int64(math.MinInt64)
	for _, list := range want {
		last = max(last, list[len(list)-1].t)
	}
	w, err := promtsdb.NewBlockWriter(slog.New(slog.DiscardHandler), dir, 2*3_600_000)
	must(t, err)
	app := w.Appender(t.Context())
	ls := labels.FromStrings("__name__", "backfilled")
	for at := last - 1_800_000; at <= last-600_000; at += 10_000 {
		_, err := app.Append(0, ls, at, float64(at))
		must(t, err)
		want[ls.String()] = append(want[ls.String()], sample{t: at, bits: math.Float64bits(float64(at))})
	}
	must(t, app.Commit())
	_, err = w.Flush(t.Context())
	must(t, err)
	must(t, w.Close())

	store := filepath.Join(t.TempDir(), "store")
	_, err = Import(t.Context(), ImportOptions{Source: dir, FS: vfs.OS(), Dir: store, Scratch: scratch(t)})
	must(t, err)
	db := openStore(t, vfs.OS(), store)
	compare(t, read(t, db), want)
	must(t, db.Close())
}
