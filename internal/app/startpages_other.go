//go:build !linux

package app

import "errors"

func releaseProgram() (int64, error) { return 0, errors.ErrUnsupported }
