package block

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// Groups that begin together and end one after the other: as far as they go,
// their timestamps are encoded alike.
func TestTimestampsThatBeginAlike(t *testing.T) {
	in := Input{Metrics: []labels.Labels{labels.FromStrings("__name__", "m")}}
	for g := range 40 {
		var times []int64
		for r := range 60 - g {
			times = append(times, 1_700_000_000_000+int64(r)*15_000)
		}
		in.Groups = append(in.Groups, Group{Base: labels.FromStrings("instance", fmt.Sprintf("%02d", g)), Metrics: []index.MetricID{0}, Segments: [][]int64{times}})
	}
	in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		for _, t := range in.Groups[g].Segments[segment] {
			dst.AppendFloat(t, float64(g))
		}
		return nil
	}
	s := testShared(t, vfs.Mem())
	if _, err := s.Write(context.Background(), "/b", Meta{Origin: Origin{By: "head", Level: 1}}, in); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open("/b")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 { // from the files, then from the cache
		for g := range in.Groups {
			times, err := r.Times(index.GroupID(g), 0)
			if err != nil || !slices.Equal(times, in.Groups[g].Segments[0]) {
				t.Errorf("group %d: %d timestamps, want %d: %v", g, len(times), len(in.Groups[g].Segments[0]), err)
			}
		}
	}
}
