package discovery

// The kinds of discovery that Monopod has. Each of these packages adds itself to
// the registry of Prometheus's discovery package when it is imported, and that
// registry decides which *_sd_configs keys a configuration may have. static_configs
// is part of the registry's own package. A kind is added by importing it here, and
// nowhere else.
import (
	_ "github.com/prometheus/prometheus/discovery/aws" // aws, ec2, ecs, elasticache, lightsail, msk, rds
	_ "github.com/prometheus/prometheus/discovery/consul"
	_ "github.com/prometheus/prometheus/discovery/dns"
	_ "github.com/prometheus/prometheus/discovery/file"
	_ "github.com/prometheus/prometheus/discovery/http"
	_ "github.com/prometheus/prometheus/discovery/kubernetes"
	_ "github.com/prometheus/prometheus/discovery/moby" // docker, dockerswarm
)
