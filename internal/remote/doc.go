// Package remote lets other programs write samples into the store and read them
// out: Prometheus's remote write 1.0 and 2.0, OTLP metrics over HTTP, and
// Prometheus's remote read. Each is an http.Handler.
//
// The nouns:
//
//   - A sender is a program that writes: a Prometheus, an agent, an
//     OpenTelemetry collector or SDK.
//   - A message is the body of a request after decompression.
//   - An intake is one message on its way: its samples and exemplars as a batch
//     of the store, and what of it was refused.
//   - A refusal is a sample, exemplar or series that is not stored, and why.
//
// What a sender may do wrong does not keep the rest of its message from being
// stored: samples are judged one by one, the good ones are written as one batch,
// and the answer is 400 and names those that were refused. A failure of the
// store itself stores nothing and is answered with 5xx, so that the sender tries
// again.
//
// Nothing is allocated on the word of a sender: lengths are held against the
// bytes that are there first.
package remote
