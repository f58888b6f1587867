package app

import (
	promconfig "github.com/prometheus/prometheus/config"

	"monopod/internal/httpapi"
	"monopod/internal/remote"
)

// addRemote makes what other programs write to and read from.
func (p *program) addRemote(o *httpapi.Options) error {
	var err error
	if p.Remote.Write {
		if o.RemoteWrite, err = remote.NewWriteHandler(remote.WriteOptions{
			Logger: p.component("remote write receiver"), Registerer: p.registry, Writer: p.storage,
			Accept:            p.Remote.WriteMessages,
			TypeAndUnitLabels: p.Features["type-and-unit-labels"],
			StartTimestamps:   p.Features["created-timestamp-zero-ingestion"],
		}); err != nil {
			return err
		}
	}
	if p.Remote.OTLP {
		if p.otlp, err = remote.NewOTLPHandler(remote.OTLPOptions{
			Logger: p.component("OTLP receiver"), Registerer: p.registry, Writer: p.storage,
			Config:            p.otlpConfig,
			LookbackDelta:     p.Query.LookbackDelta,
			TypeAndUnitLabels: p.Features["type-and-unit-labels"],
			DeltaToCumulative: p.Features["otlp-deltatocumulative"],
			NativeDelta:       p.Features["otlp-native-delta-ingestion"],
		}); err != nil {
			return err
		}
		o.OTLP = p.otlp
	}
	o.RemoteRead, err = remote.NewReadHandler(remote.ReadOptions{
		Logger: p.component("remote read"), Registerer: p.registry, Queryable: p.storage,
		ExternalLabels:   configSource{p.reloader}.ExternalLabels,
		SampleLimit:      p.Remote.ReadSampleLimit,
		ConcurrencyLimit: p.Remote.ReadConcurrency,
		FrameBytes:       p.Remote.ReadFrameBytes,
	})
	return err
}

func (p *program) otlpConfig() promconfig.OTLPConfig {
	if l := p.reloader.Current(); l != nil {
		return l.Config.OTLPConfig
	}
	return promconfig.DefaultOTLPConfig
}

// closeRemote ends what the receivers run, after the last request was answered.
func (p *program) closeRemote() error {
	if p.otlp == nil {
		return nil
	}
	return p.otlp.Close()
}
