package app

import (
	"monopod/internal/grafanaapi"
	"monopod/internal/provision"
)

// APIReference is docs/reference/grafana-api.md.
func APIReference() string {
	return grafanaapi.Reference((&provision.Service{}).Routes())
}
