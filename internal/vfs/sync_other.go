//go:build !linux

package vfs

func (f osFile) Sync() error { return f.File.Sync() }
