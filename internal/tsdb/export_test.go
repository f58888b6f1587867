package tsdb

import "context"

// Upkeep does what is due, for tests from outside.
func (db *DB) Upkeep(ctx context.Context) error { return db.upkeep(ctx) }
