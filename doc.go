// Package monopod is the root of the module. It holds no code: the program is
// in cmd/monopod, the map of the rest in docs/architecture.md, and the test
// beside this file keeps the layers that the map draws.
package monopod
