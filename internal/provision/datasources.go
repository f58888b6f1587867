package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"monopod/internal/datasource"
)

// sourceFile is one file of datasources/.
type sourceFile struct {
	Sources []*sourceEntry `yaml:"datasources"`
	Delete  []struct {
		Name text `yaml:"name"`
	} `yaml:"deleteDatasources"`
	// Prune removes what was provisioned and stands in no file any more.
	Prune flag `yaml:"prune"`
}

// sourceEntry is one data source of a file.
type sourceEntry struct {
	line int

	Name            text            `yaml:"name"`
	UID             text            `yaml:"uid"`
	Type            text            `yaml:"type"`
	Access          text            `yaml:"access"`
	URL             text            `yaml:"url"`
	User            text            `yaml:"user"`
	Database        text            `yaml:"database"`
	Password        text            `yaml:"password"`
	BasicAuth       flag            `yaml:"basicAuth"`
	BasicAuthUser   text            `yaml:"basicAuthUser"`
	BasicAuthSecret text            `yaml:"basicAuthPassword"`
	IsDefault       flag            `yaml:"isDefault"`
	Editable        flag            `yaml:"editable"`
	JSONData        object          `yaml:"jsonData"`
	SecureJSONData  map[string]text `yaml:"secureJsonData"`
}

func (e *sourceEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain sourceEntry
	if err := n.Decode((*plain)(e)); err != nil {
		return err
	}
	e.line = n.Line
	return nil
}

func (e *sourceEntry) change(file string) datasource.Change {
	c := datasource.Change{
		Source: datasource.Source{
			UID: string(e.UID), Name: string(e.Name), Type: string(e.Type), Access: string(e.Access), URL: string(e.URL), User: string(e.User),
			Database: string(e.Database), BasicAuth: bool(e.BasicAuth), BasicAuthUser: string(e.BasicAuthUser), IsDefault: bool(e.IsDefault),
			Options: json.RawMessage(e.JSONData), ReadOnly: !bool(e.Editable), Provider: file,
		},
		Secrets: map[string]string{},
	}
	for name, secret := range map[string]text{"password": e.Password, "basicAuthPassword": e.BasicAuthSecret} {
		if secret != "" {
			c.Secrets[name] = string(secret)
		}
	}
	for name, secret := range e.SecureJSONData {
		c.Secrets[name] = string(secret)
	}
	return c
}

// dataSources brings the data sources to what the files say.
func (p *pass) dataSources(ctx context.Context) {
	files := p.configFiles("datasources")
	before := len(p.problems)
	good := map[string]*sourceFile{}
	for _, file := range files {
		f, err := p.sourceFile(file)
		if err != nil {
			p.problems = append(p.problems, err)
			if f = p.goodSources[file]; f == nil {
				continue
			}
		}
		good[file] = f
	}
	p.goodSources = good
	prune := false
	named := map[string]string{} // where each name stands
	uids := map[string]string{}
	standard := ""
	for _, file := range files {
		f := good[file]
		if f == nil {
			continue
		}
		prune = prune || bool(f.Prune)
		for _, d := range f.Delete {
			if err := p.o.DataSources.Unprovision(ctx, string(d.Name)); err != nil {
				p.problem("%s: %w", file, err)
			}
		}
		for _, e := range f.Sources {
			place := fmt.Sprintf("%s:%d", file, e.line)
			other := named[string(e.Name)]
			if other == "" && e.UID != "" {
				other = uids[string(e.UID)]
			}
			switch {
			case e.Name == "":
				p.problem("%s: the data source has no name", place)
				continue
			case e.Type == "":
				p.problem("%s: the data source %s has no type", place, e.Name)
				continue
			case other != "":
				p.problem("%s: the data source %s stands at %s already, which counts", place, e.Name, other)
				continue
			case bool(e.IsDefault) && standard != "":
				p.problem("%s: the data source %s cannot be the default one, %s is", place, e.Name, standard)
				e.IsDefault = false
			case bool(e.IsDefault):
				standard = place
			}
			named[string(e.Name)] = place
			if e.UID != "" {
				uids[string(e.UID)] = place
			}
			if _, err := p.o.DataSources.Provision(ctx, e.change(file)); err != nil {
				p.problem("%s: the data source %s: %w", place, e.Name, err)
			}
		}
	}
	if len(p.problems) == before {
		p.dropSources(ctx, named, prune)
	}
}

func (p *pass) sourceFile(file string) (*sourceFile, error) {
	node, err := p.readYAML(file)
	if err != nil {
		return nil, err
	}
	f := &sourceFile{}
	if err := node.Decode(f); err != nil {
		return nil, located(file, err)
	}
	f.Sources = slices.DeleteFunc(f.Sources, func(e *sourceEntry) bool { return e == nil })
	return f, nil
}

// dropSources ends what stands in no file any more. It is not called while a file
// cannot be read: what that one said stays.
func (p *pass) dropSources(ctx context.Context, named map[string]string, prune bool) {
	list, err := p.o.DataSources.List(ctx)
	if err != nil {
		p.problem("list the data sources: %w", err)
		return
	}
	for _, d := range list {
		if d.Provider == "" || named[d.Name] != "" {
			continue
		}
		if prune {
			err = p.o.DataSources.Unprovision(ctx, d.Name)
		} else {
			// It stays, as one that people may change and delete.
			err = p.o.DataSources.Release(ctx, d.UID)
		}
		if err != nil {
			p.problem("end the provisioning of the data source %s: %w", d.Name, err)
		}
	}
}
