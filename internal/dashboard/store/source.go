package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Outline is what a source says about itself.
type Outline struct {
	ID      int64
	UID     string
	Title   string
	Tags    []string
	Version int
	// IsResource is set for the newer form, in which a "spec" holds the dashboard.
	IsResource bool
}

// ReadOutline reads a source. Its error is ErrBadSource.
func ReadOutline(source []byte) (Outline, error) {
	var raw struct {
		ID, UID, Title, Tags, Version    json.RawMessage
		APIVersion, Kind, Metadata, Spec json.RawMessage
	}
	if err := json.Unmarshal(source, &raw); err != nil {
		return Outline{}, fmt.Errorf("%w: %w", ErrBadSource, located(source, err))
	}
	o := Outline{}
	var metadata struct{ Name string }
	var spec struct {
		Title string
		Tags  json.RawMessage
	}
	_ = json.Unmarshal(raw.Metadata, &metadata)
	_ = json.Unmarshal(raw.Spec, &spec)
	if isText(raw.APIVersion) && isText(raw.Kind) && spec.Title != "" {
		o = Outline{UID: metadata.Name, Title: spec.Title, IsResource: true}
		raw.Tags = spec.Tags
	} else {
		_ = json.Unmarshal(raw.ID, &o.ID) // null, or nothing that we gave
		_ = json.Unmarshal(raw.UID, &o.UID)
		_ = json.Unmarshal(raw.Title, &o.Title)
		_ = json.Unmarshal(raw.Version, &o.Version)
	}
	o.Title = strings.TrimSpace(o.Title)
	var tags []any
	_ = json.Unmarshal(raw.Tags, &tags)
	for _, t := range tags {
		if tag, ok := t.(string); ok && tag != "" && !slices.Contains(o.Tags, tag) {
			o.Tags = append(o.Tags, tag)
		}
	}
	return o, nil
}

func isText(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// located adds the line and column to an error of encoding/json.
func located(source []byte, err error) error {
	offset := int64(-1)
	if e := (*json.SyntaxError)(nil); errors.As(err, &e) {
		offset = e.Offset
	} else if e := (*json.UnmarshalTypeError)(nil); errors.As(err, &e) {
		if e.Field == "" {
			return fmt.Errorf("it is a %s instead of an object", e.Value)
		}
		offset = e.Offset
	}
	if offset < 0 {
		return err
	}
	before := source[:max(0, min(offset-1, int64(len(source))))]
	line, column := 1+bytes.Count(before, []byte("\n")), len(before)-bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// A Setting is a key of the outermost object and its value. Nil sets null where the
// key is, and adds nothing where it is not.
type Setting struct {
	Key   string
	Value any
}

// Set returns the source with keys of its outermost object set, and all other
// bytes as they were.
func Set(source []byte, settings ...Setting) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(source))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%w: it is not an object", ErrBadSource)
	}
	opened := d.InputOffset()
	var out bytes.Buffer
	copied, members := int64(0), 0
	done := make([]bool, len(settings))
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadSource, located(source, err))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadSource, located(source, err))
		}
		members++
		end := d.InputOffset()
		i := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
		if i < 0 {
			continue
		}
		done[i] = true
		out.Write(source[copied : end-int64(len(value))])
		text, err := json.Marshal(settings[i].Value)
		if err != nil {
			return nil, err
		}
		if same(value, text) {
			text = value
		}
		out.Write(text)
		copied = end
	}
	out.Write(source[copied:])
	// What was absent goes first, written as the members after it are.
	var added []string
	indent := gap(source[opened:])
	for i, setting := range settings {
		if done[i] || setting.Value == nil {
			continue
		}
		text, err := json.Marshal(setting.Value)
		if err != nil {
			return nil, err
		}
		colon := ":"
		if indent != "" {
			colon = ": "
		}
		added = append(added, indent+strconv.Quote(setting.Key)+colon+string(text))
	}
	if len(added) == 0 {
		return out.Bytes(), nil
	}
	text := strings.Join(added, ",")
	if members > 0 {
		text += ","
	}
	return slices.Insert(out.Bytes(), int(opened), []byte(text)...), nil
}

// same tells whether two simple values are equal, so that one that is right keeps
// its writing.
func same(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	switch x.(type) {
	case nil, bool, float64, string:
		return x == y
	}
	return false
}

// gap is the white space that members begin with.
func gap(text []byte) string {
	n := len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
	return string(text[:n])
}

// Checksum names a source.
func Checksum(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:])
}

// maxSourceBytes bounds what a packed source may unpack to.
const maxSourceBytes = 64 << 20

func pack(source []byte) ([]byte, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	return e.EncodeAll(source, nil), e.Close()
}

func unpack(packed []byte) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxSourceBytes))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(packed, nil)
}
