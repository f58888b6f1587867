package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	commonconfig "github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/discovery/file"
	yamlnode "go.yaml.in/yaml/v3"
)

// Role is what a file is to a configuration.
type Role int

const (
	// RoleMain is the main file.
	RoleMain Role = iota
	// RoleJobs has jobs (scrape_config_files).
	RoleJobs
	// RoleRules has rules (rule_files).
	RoleRules
	// RoleTargets has targets (file_sd_configs). Discovery watches these itself.
	RoleTargets
	// RoleCredential is a password, token, key, certificate or kubeconfig. Clients
	// read these anew themselves.
	RoleCredential
)

// File is a file, or a pattern of files, that a configuration depends on.
type File struct {
	Path string // may be a pattern of filepath.Glob
	Role Role
	Key  string // the key that names it: rule_files, ca_file, …
}

// dependencies lists the files that a configuration names, each once.
func dependencies(l *Loaded) []File {
	var files []File
	if l.Path != "" {
		files = append(files, File{Path: l.Path, Role: RoleMain})
	}
	for _, p := range l.Config.ScrapeConfigFiles {
		files = append(files, File{Path: p, Role: RoleJobs, Key: "scrape_config_files"})
	}
	for _, p := range l.Config.RuleFiles {
		files = append(files, File{Path: p, Role: RoleRules, Key: "rule_files"})
	}
	add := func(f File) { files = append(files, f) }
	walkFiles(reflect.ValueOf(l.Config), add)
	for _, j := range l.Jobs[len(l.Config.ScrapeConfigs):] {
		walkFiles(reflect.ValueOf(j), add)
	}
	seen := make(map[File]bool)
	return slices.DeleteFunc(files, func(f File) bool {
		again := seen[f]
		seen[f] = true
		return again
	})
}

// walkFiles calls add for every file that v names in a field whose key ends in
// _file, and for the lists of files of file_sd_configs and http_headers.
func walkFiles(v reflect.Value, add func(File)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkFiles(v.Elem(), add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkFiles(v.Index(i), add)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			walkFiles(it.Value(), add)
		}
	case reflect.Struct:
		t := v.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				continue
			}
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			switch {
			case f.Type.Kind() == reflect.String && strings.HasSuffix(key, "_file") && !writtenFile(key):
				if p := v.Field(i).String(); p != "" {
					add(File{Path: p, Role: RoleCredential, Key: key})
				}
			case key == "files" && (t == reflect.TypeFor[file.SDConfig]() || t == reflect.TypeFor[commonconfig.Header]()):
				role := RoleTargets
				if t == reflect.TypeFor[commonconfig.Header]() {
					role = RoleCredential
				}
				for _, p := range v.Field(i).Interface().([]string) {
					add(File{Path: p, Role: role, Key: key})
				}
			default:
				walkFiles(v.Field(i), add)
			}
		}
	}
}

// writtenFile tells of the keys that name a file which the program writes.
func writtenFile(key string) bool {
	return key == "query_log_file" || key == "scrape_failure_log_file"
}

// WatchPaths are the files and patterns whose change calls for a reload of the
// configuration at path: itself and what it draws in. It reads the file as far as it
// can, so that the answer is also right for a configuration with faults, which may
// be mended in any of these files.
func WatchPaths(path string) []string {
	paths := []string{path}
	text, err := os.ReadFile(path)
	if err != nil {
		return paths
	}
	doc, _ := parseNodes(path, string(text))
	for _, key := range []string{"scrape_config_files", "rule_files"} {
		for _, n := range items(child(doc, key)) {
			if n.Kind == yamlnode.ScalarNode && n.Value != "" {
				paths = append(paths, commonconfig.JoinDir(filepath.Dir(path), n.Value))
			}
		}
	}
	return paths
}
