// Package scrape fetches the metrics of targets and writes them as rows.
//
// The nouns:
//
//   - A target is one scraped endpoint: labels after relabelling, and what is
//     known of its last scrapes.
//   - A pool is the targets of one scrape configuration (one job_name) with the
//     HTTP client that they share.
//   - A loop scrapes one target, each interval, at an offset that its hash gives.
//     Between two scrapes it is a timer.
//   - A link is the way to one target: a connection of its own where the request
//     needs no more, and net/http otherwise.
//   - A body is what the target answered. A line is one sample of a body, and the
//     line's key is its bytes up to the value.
//   - An entry is what is known of a key: the group and the column that its value
//     goes to, or that relabelling dropped it.
//   - The skeleton is the last body without its values, and all that a loop
//     remembers of most keys. A body that has the same bytes between its values
//     needs no parsing. Targets share what they have in common: see skeleton.go.
//   - The report is the series that a loop makes itself: up and scrape_*.
//
// What a scrape means is Prometheus's: the labels, the limits, the report, the
// negotiation, the timing. Each scrape is one storage.Batch with a row for the
// target's group. Series that relabelling or honor_labels gave other base labels
// go to sibling groups, and samples with a timestamp of their own are no rows.
//
// It differs from Prometheus in these points, on purpose:
//
//   - A body that fails half-way makes all series of the target stale. Prometheus
//     leaves those out that stood before the fault.
//   - A job that leaves the configuration has its series ended like those of any
//     target that goes. Prometheus ends them only by the lookback delta.
//   - Series of a body that was refused are not created.
//   - A body has a largest size even where body_size_limit is not set.
//   - scrape_series_added counts a series once when the store refuses its sample for
//     the sample's own timestamp, since the verdict comes with the whole batch.
//   - A series of the report that the target exposes itself keeps the target's value
//     while it does, and the report's when it no longer does.
//   - Targets are asked for gzip only while the link to them is slow, unless
//     Options.Compression says otherwise.
//   - Targets served inside this process are scraped at once when they appear.
package scrape
