package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

type object = map[string]any

func dashboard(title string, panels []object, variables ...object) object {
	return object{
		"title": title, "schemaVersion": 42, "panels": panels, "graphTooltip": 1,
		"templating": object{"list": variables}, "time": object{"from": "now-6h", "to": "now"},
	}
}

func graph(id, x, y, w, h int, title, expr, legend string) object {
	return object{
		"id": id, "type": "timeseries", "title": title, "gridPos": object{"x": x, "y": y, "w": w, "h": h},
		"maxDataPoints": 721, "targets": []object{{"refId": "A", "expr": expr, "legendFormat": legend}},
		"fieldConfig": object{"defaults": object{"unit": "short"}, "overrides": []object{}},
	}
}

// grid has 40 panels in sight, each of the 20 nodes' and of another metric.
func grid() object {
	var panels []object
	for i := range 40 {
		expr := fmt.Sprintf(`sum by (instance) (rate(node_cpu_seconds_total{mode="user"}[5m])) * %d`, i+1)
		panels = append(panels, graph(i+1, i%8*3, i/8*5, 3, 5, fmt.Sprintf("Panel %d", i+1), expr, "{{instance}}"))
	}
	return dashboard("Forty panels", panels)
}

// manyPanels has 125 panels of a machine in open rows.
func manyPanels() object {
	metrics := []string{"node_load1", "node_memory_MemAvailable_bytes", "node_filesystem_avail_bytes", "rate(node_network_receive_bytes_total[5m])", "rate(node_cpu_seconds_total[5m])"}
	var panels []object
	for i := range 125 {
		panels = append(panels, graph(i+1, i%2*12, i/2*8, 12, 8, fmt.Sprintf("Panel %d", i+1), metrics[i%len(metrics)], ""))
	}
	return dashboard("A machine in 125 panels", panels)
}

// repeated has one panel that is drawn for each of 100 values.
func repeated() object {
	values := ""
	for i := range 100 {
		values += fmt.Sprintf(",%d", i+1)
	}
	p := graph(1, 0, 0, 8, 7, "Times $n", `sum by (instance) (rate(node_cpu_seconds_total{mode="user"}[5m])) * $n`, "{{instance}}")
	p["repeat"], p["repeatDirection"], p["maxPerRow"] = "n", "h", 3
	return dashboard("A hundred panels", []object{p}, object{
		"name": "n", "type": "custom", "query": values[1:], "multi": true, "includeAll": true,
		"current": object{"text": []string{"All"}, "value": []string{"$__all"}},
	})
}

// post saves a dashboard as the administrator and returns its path.
func post(ctx context.Context, root string, dashboard any) (string, error) {
	body, err := json.Marshal(object{"dashboard": dashboard, "overwrite": true})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, root+"/api/dashboards/db", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth("admin", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var saved struct{ URL string }
	if resp.StatusCode != http.StatusOK || json.Unmarshal(answer, &saved) != nil || saved.URL == "" {
		return "", fmt.Errorf("%s: %.200s", resp.Status, answer)
	}
	return saved.URL, nil
}
