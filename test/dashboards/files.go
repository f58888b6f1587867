package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file is one dashboard and where it was found.
type file struct {
	Name string
	JSON []byte
}

// read finds dashboards below the roots: files of JSON, and keys *.json of
// ConfigMaps.
func read(roots []string) (files []file, err error) {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".json":
				b, err := os.ReadFile(path)
				files = append(files, file{filepath.Base(path), b})
				return err
			case ".yaml", ".yml":
				found, err := configMaps(path)
				files = append(files, found...)
				return err
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read dashboards: %w", err)
		}
	}
	return files, nil
}

func configMaps(path string) (files []file, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	for {
		var object struct {
			Kind string            `yaml:"kind"`
			Data map[string]string `yaml:"data"`
		}
		if decoder.Decode(&object) != nil {
			return files, nil // the end, or no object of Kubernetes
		}
		for key, text := range object.Data {
			if strings.HasSuffix(key, ".json") && json.Valid([]byte(text)) && strings.Contains(text, `"panels"`) {
				base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
				files = append(files, file{base + "-" + key, []byte(text)})
			}
		}
	}
}

func write(dir string, files []file) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.JSON, 0o666); err != nil {
			return err
		}
	}
	return nil
}
