//go:build !(linux || darwin || freebsd)

package node

func open(Options) (map[string]source, error) { return nil, ErrUnsupported }

func isNoData(error) bool { return false }
