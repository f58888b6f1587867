package scrape

import (
	"errors"
	"time"
)

// Compression is when targets are asked to compress.
type Compression string

const (
	// CompressAuto asks a target for gzip while the link to it is slow. Inflating a
	// body costs about as much as all else that is done with it.
	CompressAuto Compression = "auto"
	// CompressAlways asks every target for gzip, as Prometheus does.
	CompressAlways Compression = "always"
	// CompressNever asks no target for gzip.
	CompressNever Compression = "never"
)

const (
	// slowLink and fastLink are in bytes a second. Between them all stays as it is.
	slowLink = 2 << 20
	fastLink = 6 << 20
	// shortBody: the transfer of fewer bytes says little of the link.
	shortBody = 32 << 10
	// slowInARow is how many transfers in a row make a link slow.
	slowInARow = 3
	// probeEvery is how many compressed scrapes come between two that are not, which
	// show whether the link is still slow: what comes compressed may come slowly
	// since compressing is slow.
	probeEvery = 120
)

// compression decides whether one target is asked for gzip.
type compression struct {
	on bool
	// slow counts slow transfers in a row while off, and scrapes since the last probe
	// while on.
	count int
	// rate is that of the last transfer that was not compressed, in bytes a second.
	rate float64
}

// ask decides for the next scrape.
func (c *compression) ask(l *link) bool {
	switch {
	case l.client.compression != CompressAuto:
		return l.client.compression == CompressAlways
	case !c.on:
		return false
	}
	if c.count++; c.count < probeEvery || !c.affordable(l) {
		return true
	}
	c.count = 0
	return false
}

// affordable tells that a body that is not compressed would come well in time.
func (c *compression) affordable(l *link) bool {
	return float64(l.bodySize) <= c.rate*l.timeout.Seconds()/4
}

// transferred learns from the transfer of a body.
func (c *compression) transferred(l *link, sizeBytes int, took time.Duration, compressed bool, err error) {
	if l.client.compression != CompressAuto || compressed {
		return
	}
	switch {
	case err != nil && isTimeout(err):
		// It took all the time that there is.
		c.rate = float64(sizeBytes) / max(took.Seconds(), 1e-9)
		c.on, c.count = true, 0
	case err != nil && !errors.Is(err, errTooLarge), sizeBytes < shortBody:
	default:
		c.rate = float64(sizeBytes) / max(took.Seconds(), 1e-9)
		switch {
		case c.on:
			c.on = c.rate < fastLink
			c.count = 0
		case c.rate >= slowLink:
			c.count = 0
		default:
			if c.count++; c.count >= slowInARow {
				c.on, c.count = true, 0
			}
		}
	}
}

func encoding(compress bool) string {
	if compress {
		return "gzip"
	}
	return "identity"
}
