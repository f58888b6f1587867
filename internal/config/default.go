package config

import "go.yaml.in/yaml/v3"

// defaultText writes the default configuration as a file that a user may copy and
// go on from.
func defaultText(jobs []DefaultJob) (string, error) {
	type group struct {
		Targets []string          `yaml:"targets"`
		Labels  map[string]string `yaml:"labels,omitempty"`
	}
	type job struct {
		Name          string  `yaml:"job_name"`
		Scheme        string  `yaml:"scheme,omitempty"`
		MetricsPath   string  `yaml:"metrics_path,omitempty"`
		StaticConfigs []group `yaml:"static_configs"`
	}
	var doc struct {
		Global struct {
			ScrapeInterval     string `yaml:"scrape_interval"`
			EvaluationInterval string `yaml:"evaluation_interval"`
		} `yaml:"global"`
		Jobs []job `yaml:"scrape_configs"`
	}
	doc.Global.ScrapeInterval, doc.Global.EvaluationInterval = "5s", "5s"
	for _, j := range jobs {
		doc.Jobs = append(doc.Jobs, job{
			Name: j.Name, Scheme: j.Scheme, MetricsPath: j.MetricsPath,
			StaticConfigs: []group{{Targets: []string{j.Address}, Labels: j.Labels}},
		})
	}
	b, err := yaml.Marshal(doc)
	return string(b), err
}
