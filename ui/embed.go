// Package ui embeds the web UI that npm builds into dist.
package ui

import "embed"

// Dist holds dist/, the built UI: index.html and hashed assets. A binary that
// was built without the UI has dist/.keep alone.
//
//go:embed all:dist
var Dist embed.FS
