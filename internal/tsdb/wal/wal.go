// Package wal is the write-ahead log: it keeps records, whose meaning is its
// caller's, so that those of an Append that returned nil are found again.
//
// The nouns:
//
//   - A record is a byte string that the caller wrote.
//   - A frame is the records of one Append, with a checksum. It is replayed whole
//     or not at all.
//   - A segment is one file of the log, a header and frames. Segments are numbered
//     without gaps; a process only ever appends to segments that it made.
//   - Damage is a stretch of a segment that holds no readable frame. Replay leaves
//     it out, reports it, and finds the next good frame behind it.
//
// # Format
//
// Integers are little-endian; CRCs are CRC-32C. A segment is the file
// NNNNNNNN.wal, its number in decimal:
//
//	offset
//	 0       8        12        16           24         28      32
//	 +-------+--------+---------+------------+----------+-------+
//	 | magic | version| segment | end of the | reserved | CRC   |
//	 | 8 B   | u32    | u32     | one before | u32      | u32   |
//	 +-------+--------+---------+------------+----------+-------+
//	 | frame | frame | frame | ...
//	 +-------+-------+-------+
//
//	magic               "monopwal"
//	end of the one      where the frames of segment-1 end, in bytes; what is behind
//	before              is a failed write that could not be cut off, and is not
//	                    replayed. 0 when unknown: all of it is read.
//	CRC                 of the 28 bytes before
//
// A frame:
//
//	 0        4        8         12       16
//	 +--------+--------+---------+--------+------------------+
//	 | marker | length | CRC of  | CRC of | body             |
//	 | 4 B    | u32    | body    | head   | length bytes     |
//	 +--------+--------+---------+--------+------------------+
//
//	marker       f1 57 a1 0d
//	CRC of head  of segment number u32, offset of the frame u32 (modulo 2^32),
//	             length and CRC of body. A head is thus good at its own place
//	             only: bytes of a record, or of a file used before, never pass for
//	             one. A length is believed only after this.
//	body         the records: each its length (uvarint) and its bytes
//
// Damage in a body costs this frame. Damage in a head costs this frame too: the
// next one is found by its marker.
//
// A segment that ends in the middle of a frame, or in zeros, was cut by a crash:
// that is a torn tail, which is normal and no damage. The record was never
// acknowledged, or was not yet synced when the power went.
package wal

// Version history of the segment format. A later version keeps the 32 bytes of
// the header as they are.
//
//	1: the first
const version = 1
