package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"monopod/internal/tsdb"
)

const tombstonesVersion = 1

// verifyTombstones checks the file of tombstones: a line that has a version and
// the checksum of version and JSON, and the JSON.
func verifyTombstones(b []byte) error {
	line, body, _ := bytes.Cut(b, []byte("\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	var version int
	var sum uint32
	if n, err := fmt.Sscanf(string(line), "monopod-tombstones %d %x", &version, &sum); n != 2 || err != nil {
		return errors.New("the first line is none of tombstones")
	}
	if crc32.Update(crc32.Checksum(strconv.AppendInt(nil, int64(version), 10), castagnoli), castagnoli, body) != sum {
		return errors.New("tombstones do not match their checksum")
	}
	if version != tombstonesVersion {
		return fmt.Errorf("%w %d of tombstones; use the version of Monopod that wrote them", tsdb.ErrVersion, version)
	}
	if !json.Valid(body) {
		return errors.New("tombstones are no JSON")
	}
	return nil
}
