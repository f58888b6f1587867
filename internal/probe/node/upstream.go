//go:build linux || darwin || freebsd

package node

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/alecthomas/kingpin/v2"
	upstream "github.com/prometheus/node_exporter/collector"
)

// parsed is what node_exporter's flags were set to. Its collectors read their
// settings from variables that belong to kingpin's global command line and are
// nil until that was parsed, so this package parses it, once, from Options; no
// other package may. That is why paths are one choice for the whole process.
var parsed struct {
	sync.Mutex
	done bool
	args string
}

// open returns the sources that are on by default and could be started.
func open(o Options) (map[string]source, error) {
	if err := parse(o); err != nil {
		return nil, err
	}
	logger := slog.New(demoted{o.Logger.Handler()})
	sources := map[string]source{}
	for _, name := range defaults() {
		// One by one: asked for all, upstream gives none when one fails.
		nc, err := upstream.NewNodeCollector(logger, name)
		if err != nil {
			o.Logger.Debug("Machine metrics are not available here", "collector", name, "err", err)
			continue
		}
		sources[name] = nc.Collectors[name]
	}
	return sources, nil
}

func parse(o Options) error {
	var args []string
	for flag, path := range map[string]string{"procfs": o.ProcPath, "sysfs": o.SysPath, "rootfs": o.RootfsPath} {
		if path != "" {
			args = append(args, "--path."+flag+"="+path)
		}
	}
	wanted := o.ProcPath + "\n" + o.SysPath + "\n" + o.RootfsPath

	parsed.Lock()
	defer parsed.Unlock()
	if parsed.done {
		if parsed.args != wanted {
			return fmt.Errorf("%w: %q, not %q", ErrPathsDiffer, parsed.args, wanted)
		}
		return nil
	}
	if _, err := kingpin.CommandLine.Parse(args); err != nil {
		return fmt.Errorf("setting node_exporter's paths: %w", err)
	}
	parsed.done, parsed.args = true, wanted
	return nil
}

// defaults names the collectors that upstream has on: each has a boolean flag
// --collector.NAME, which is the only list there is.
func defaults() []string {
	var names []string
	for _, f := range kingpin.CommandLine.Model().Flags {
		name, ok := strings.CutPrefix(f.Name, "collector.")
		if ok && f.IsBoolFlag() && !strings.Contains(name, ".") && f.Value.String() == "true" {
			names = append(names, name)
		}
	}
	return names
}

func isNoData(err error) bool { return upstream.IsNoDataError(err) }

// demoted takes everything that collectors say down to debug: what matters of
// it is in node_scrape_collector_success and in this package's own messages.
type demoted struct{ slog.Handler }

func (d demoted) Enabled(ctx context.Context, _ slog.Level) bool {
	return d.Handler.Enabled(ctx, slog.LevelDebug)
}

func (d demoted) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return d.Handler.Handle(ctx, r)
}

func (d demoted) WithAttrs(a []slog.Attr) slog.Handler { return demoted{d.Handler.WithAttrs(a)} }
func (d demoted) WithGroup(g string) slog.Handler      { return demoted{d.Handler.WithGroup(g)} }
