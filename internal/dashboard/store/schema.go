package store

// dashboardSteps make the tables of dashboards. Times are milliseconds since 1970.
// A title is folded to lower case for searches: SQLite folds ASCII only.
var dashboardSteps = []string{`
CREATE TABLE folders (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uid TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	folded TEXT NOT NULL,
	description TEXT NOT NULL,
	parent TEXT NOT NULL, -- a folder's uid; empty: the top
	version INTEGER NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	updated INTEGER NOT NULL,
	updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX folders_parent ON folders (parent);

CREATE TABLE dashboards (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uid TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	folded TEXT NOT NULL,
	folder TEXT NOT NULL, -- a folder's uid; empty: the top
	version INTEGER NOT NULL, -- the newest
	checksum TEXT NOT NULL, -- SHA-256 of the source, in hexadecimal
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	updated INTEGER NOT NULL,
	updated_by TEXT NOT NULL,
	-- Provenance; provider is empty where the dashboard is not provisioned.
	provider TEXT NOT NULL DEFAULT '',
	file TEXT NOT NULL DEFAULT '',
	file_checksum TEXT NOT NULL DEFAULT '',
	save_back TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX dashboards_folder ON dashboards (folder);

CREATE TABLE dashboard_tags (
	dashboard INTEGER NOT NULL REFERENCES dashboards ON DELETE CASCADE,
	tag TEXT NOT NULL,
	PRIMARY KEY (dashboard, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX dashboard_tags_tag ON dashboard_tags (tag);

CREATE TABLE dashboard_versions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	dashboard INTEGER NOT NULL REFERENCES dashboards ON DELETE CASCADE,
	version INTEGER NOT NULL,
	parent INTEGER NOT NULL,
	restored_from INTEGER NOT NULL,
	message TEXT NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	source BLOB NOT NULL, -- zstd
	UNIQUE (dashboard, version)
) STRICT;

CREATE TABLE stars (
	user INTEGER NOT NULL,
	dashboard INTEGER NOT NULL REFERENCES dashboards ON DELETE CASCADE,
	PRIMARY KEY (user, dashboard)
) STRICT, WITHOUT ROWID;
`}

var annotationSteps = []string{`
CREATE TABLE annotations (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	dashboard INTEGER REFERENCES dashboards ON DELETE CASCADE, -- NULL: of all
	panel INTEGER NOT NULL,
	start INTEGER NOT NULL,
	stop INTEGER NOT NULL, -- of a moment: start
	text TEXT NOT NULL,
	data TEXT NOT NULL, -- JSON
	user INTEGER NOT NULL,
	login TEXT NOT NULL,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL
) STRICT;
CREATE INDEX annotations_time ON annotations (stop, start);
CREATE INDEX annotations_dashboard ON annotations (dashboard, stop);

CREATE TABLE annotation_tags (
	annotation INTEGER NOT NULL REFERENCES annotations ON DELETE CASCADE,
	tag TEXT NOT NULL,
	PRIMARY KEY (annotation, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_tags_tag ON annotation_tags (tag);
`}
