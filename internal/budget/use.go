package budget

import "runtime/metrics"

// Use is what the program has of memory, in bytes.
type Use struct {
	// Held is what cannot be had back by collecting garbage, as of the last
	// collection.
	Held int64
	// Mapped is what the kernel has given to the program.
	Mapped int64
	// Collections counts the collections of garbage: Held changes with it.
	Collections uint64
}

const (
	metricLive     = "/gc/heap/live:bytes"
	metricCycles   = "/gc/cycles/total:gc-cycles"
	metricTotal    = "/memory/classes/total:bytes"
	metricObjects  = "/memory/classes/heap/objects:bytes"
	metricFree     = "/memory/classes/heap/free:bytes"
	metricUnused   = "/memory/classes/heap/unused:bytes"
	metricReleased = "/memory/classes/heap/released:bytes"
)

// ReadUse asks the runtime.
func ReadUse() Use {
	names := []string{metricLive, metricCycles, metricTotal, metricObjects, metricFree, metricUnused, metricReleased}
	samples := make([]metrics.Sample, len(names))
	for i := range names {
		samples[i].Name = names[i]
	}
	metrics.Read(samples)
	read := map[string]uint64{}
	for _, s := range samples {
		read[s.Name] = s.Value.Uint64()
	}
	live := read[metricLive]
	if read[metricCycles] == 0 {
		live = read[metricObjects]
	}
	heap := read[metricObjects] + read[metricFree] + read[metricUnused] + read[metricReleased]
	return Use{
		Held:        int64(live + read[metricTotal] - heap),
		Mapped:      int64(read[metricTotal] - read[metricReleased]),
		Collections: read[metricCycles],
	}
}
