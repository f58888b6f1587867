// Package budget decides what the program does with the memory that it may use.
// It reads, and it judges; others act.
//
// The nouns:
//
//   - The limit is how many bytes the process may use: that of its control group,
//     of the machine, or one that a person gave.
//   - The goal is the part of the limit that the Go runtime stays within; what is
//     left is for the kernel's side: page cache, sockets, stacks of threads.
//   - A part is a use of memory that has its own share of the goal: the head, the
//     caches, a query, a body of a scrape.
//   - Use is what cannot be had back by collecting garbage: the live heap and what
//     the runtime itself needs. Pressure is use in relation to the goal.
//   - To shed is to give up something for a while so that the program lives on.
//     There are three steps, taken one after the other and taken back in the
//     reverse order: caches shrink; targets may begin no more series, the worst
//     first; jobs are scraped less often, the largest first.
//   - The culprit is the target that was refused first.
//
// Decisions are functions of what is passed in, the time included, so that tests
// can replay them.
package budget

// Budget is the limit and what follows from it, in bytes.
type Budget struct {
	Limit
	Goal int64
	Parts
}

// Parts are the shares of the goal. They are bounds for each use, and leave a
// part of the goal to nobody: garbage that waits for its collection.
type Parts struct {
	Head, Caches, Queries, Bodies int64
}

const (
	// seriesBytes is what a series takes of the live heap, with its share of the
	// index and of the open rows.
	seriesBytes = 256
	// beginBytes is what must be free for a series that begins: until it is stored
	// it is in memory more than once.
	beginBytes = 1024
	// sampleBytes is what a query needs for a sample that it has loaded.
	sampleBytes = 16
	// targetShare is the part of all series that one target may have, and
	// leastPerTarget what it may have in any case.
	targetShare    = 5
	leastPerTarget = 10_000

	// beyondGoal is the least that is left beside the goal.
	beyondGoal = 16 << 20

	minCaches, maxCaches = 1 << 20, 32 << 20
	minBodies, maxBodies = 1 << 20, 256 << 20
)

// New divides a limit. ratio is the goal's part of it; of a small limit, more is
// left, since what the kernel needs and by how much the runtime overshoots do not
// shrink with it.
func New(l Limit, ratio float64) Budget {
	goal := int64(float64(l.Bytes) * ratio)
	return divide(l, min(goal, max(l.Bytes-beyondGoal, l.Bytes/2)))
}

// ForGoal is the budget where the goal was decided by somebody else.
func ForGoal(l Limit, goal int64) Budget { return divide(l, goal) }

func divide(l Limit, goal int64) Budget {
	percent := func(n int64) int64 { return goal / 100 * n }
	return Budget{Limit: l, Goal: goal, Parts: Parts{
		Head:    percent(55),
		Caches:  min(max(percent(6), minCaches), maxCaches),
		Queries: percent(20),
		Bodies:  min(max(percent(10), minBodies), maxBodies),
	}}
}

// MaxSeries is how many series the head has room for.
func (b Budget) MaxSeries() int { return int(b.Head / seriesBytes) }

// MaxSeriesPerTarget is how many of at most total series one target may have.
func MaxSeriesPerTarget(total int) int { return max(total/targetShare, leastPerTarget) }

// MaxSamples is how many samples one query may load.
func (b Budget) MaxSamples() int { return int(b.Queries / sampleBytes) }
