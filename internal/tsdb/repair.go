package tsdb

import "fmt"

// Consolidate writes anew what the logs hold: what is open is sealed, the
// write-ahead log is emptied, and the catalog is written again with what is in
// use. Damaged bytes are in neither afterwards.
func (db *DB) Consolidate() error {
	if err := db.writable(); err != nil {
		return fmt.Errorf("consolidate: %w", err)
	}
	db.upkeeping.Lock()
	defer db.upkeeping.Unlock()
	if err := db.checkpoint(); err != nil {
		return fmt.Errorf("consolidate: %w", err)
	}
	if err := db.catalog.compactNow(db.index, db.definedGroups); err != nil {
		return fmt.Errorf("consolidate: %w", refusal(err))
	}
	return nil
}
