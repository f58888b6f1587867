// Package grafanaapi answers Grafana's HTTP API, so that scripts, sidecars and
// tools that speak it keep working, and the routes of our own that the UI's
// dashboards need beside it.
//
// The nouns:
//
//   - An API is the routes about one kind of thing. It is made with New… from an
//     Options of its own, and hands out a table of auth.Route.
//   - A message is the answer to what could not be done, or to a change that has
//     nothing else to say: {"message": …}, with a status word where clients look
//     for one.
//
// Shapes, codes and messages are those of Grafana's published documentation,
// version 12. What stands in a dashboard is answered as it is stored; only our own
// routes hand out the migrated form.
package grafanaapi
