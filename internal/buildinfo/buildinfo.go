// Package buildinfo tells which build of Monopod this is.
//
// A stamp is what the linker wrote into the binary:
//
//	go build -ldflags "-X monopod/internal/buildinfo.version=1.2.3 -X monopod/internal/buildinfo.revision=…"
//
// with version, revision, branch, user and date as its parts. What was not
// stamped comes from the build information that the Go tool puts into every
// binary, so that `go install` and `go run` name themselves too.
package buildinfo

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Written by the linker.
var version, revision, branch, user, date string

const unknown = "unknown"

// Info is one build.
type Info struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Branch   string `json:"branch"`
	User     string `json:"buildUser"`
	Date     string `json:"buildDate"` // as the stamp has it, or RFC 3339 of the commit

	GoVersion string `json:"goVersion"`
	Platform  string `json:"platform"` // os/architecture
	Tags      string `json:"tags"`

	// Prometheus is the version of the Prometheus server whose packages are built
	// in ("3.14.0"), and NodeExporter that of node_exporter: what clients that
	// probe for features want to know. Empty where the binary does not say.
	Prometheus   string `json:"prometheus"`
	NodeExporter string `json:"nodeExporter"`
}

// Read returns the build of the running program.
func Read() Info {
	bi, _ := debug.ReadBuildInfo()
	return read(bi)
}

func read(bi *debug.BuildInfo) Info {
	i := Info{
		Version: version, Revision: revision, Branch: branch, User: user, Date: date,
		GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Tags: unknown,
	}
	if bi != nil {
		i.fill(bi)
	}
	for _, field := range []*string{&i.Version, &i.Revision, &i.Branch, &i.User, &i.Date} {
		if *field == "" {
			*field = unknown
		}
	}
	return i
}

// fill adds what the stamp left open.
func (i *Info) fill(bi *debug.BuildInfo) {
	if i.Version == "" {
		i.Version = strings.TrimPrefix(bi.Main.Version, "v")
	}
	settings := map[string]string{}
	for _, s := range bi.Settings {
		settings[s.Key] = s.Value
	}
	if i.Revision == "" {
		i.Revision = settings["vcs.revision"]
		if i.Revision != "" && settings["vcs.modified"] == "true" {
			i.Revision += "-modified"
		}
	}
	if i.Date == "" {
		i.Date = settings["vcs.time"]
	}
	if tags := settings["-tags"]; tags != "" {
		i.Tags = tags
	}
	for _, dep := range bi.Deps {
		switch dep.Path {
		case "github.com/prometheus/prometheus":
			i.Prometheus = serverVersion(dep.Version)
		case "github.com/prometheus/node_exporter":
			i.NodeExporter = strings.TrimPrefix(dep.Version, "v")
		}
	}
}

// serverVersion turns the version of Prometheus's Go module into that of the
// server: module v0.314.2 is server 3.14.2. Anything else is left alone.
func serverVersion(module string) string {
	var minor, patch int
	if n, err := fmt.Sscanf(module, "v0.%d.%d", &minor, &patch); n != 2 || err != nil || minor < 300 {
		return strings.TrimPrefix(module, "v")
	}
	return fmt.Sprintf("%d.%d.%d", minor/100, minor%100, patch)
}

// String is what `monopod --version` prints, laid out as Prometheus lays it out.
func (i Info) String() string {
	return fmt.Sprintf(`monopod, version %s (branch: %s, revision: %s)
  build user:       %s
  build date:       %s
  go version:       %s
  platform:         %s
  tags:             %s
  prometheus:       %s
  node_exporter:    %s`,
		i.Version, i.Branch, i.Revision, i.User, i.Date, i.GoVersion, i.Platform, i.Tags,
		orUnknown(i.Prometheus), orUnknown(i.NodeExporter))
}

// UserAgent is how Monopod names itself to servers.
func (i Info) UserAgent() string { return "Monopod/" + i.Version }

func orUnknown(s string) string {
	if s == "" {
		return unknown
	}
	return s
}
