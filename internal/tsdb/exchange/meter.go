package exchange

import "time"

// meter counts samples, and tells of it now and then.
type meter struct {
	tell  func(Progress)
	p     Progress
	begin time.Time
	told  time.Time
	// reads counts samples each time they are read: twice, for their timestamps and
	// for their values.
	reads int64
}

// tellInterval is how often progress is told.
const tellInterval = 200 * time.Millisecond

func newMeter(tell func(Progress)) *meter {
	return &meter{tell: tell, begin: time.Now()}
}

func (m *meter) total(samples int64) { m.p.Total += samples }

func (m *meter) step(name string) {
	m.p.Step = name
	m.say(true)
}

func (m *meter) read(samples int) {
	m.reads += int64(samples)
	m.say(false)
}

// read2 counts samples that are read only once.
func (m *meter) read2(samples int) { m.read(2 * samples) }

func (m *meter) say(now bool) {
	if m.tell == nil {
		return
	}
	t := time.Now()
	if !now && t.Sub(m.told) < tellInterval {
		return
	}
	m.told = t
	m.p.Elapsed, m.p.Samples = t.Sub(m.begin), m.reads/2
	m.tell(m.p)
}
