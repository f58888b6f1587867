package provision

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML reads a file with its variables put in.
func (s *Service) readYAML(path string) (*yaml.Node, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, located(path, err)
	}
	if len(document.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	if err := s.expandNode(document.Content[0], 0); err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return document.Content[0], nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?line (\d+): `)

// located puts the file before the line that an error of the YAML library says.
func located(path string, err error) error {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: %s", path, m[1], strings.TrimSpace(text[len(m[0]):]))
	}
	return fmt.Errorf("%s: %w", path, err)
}

// maxYAMLDepth bounds what aliases of YAML can be nested to.
const maxYAMLDepth = 100

// expandNode puts variables into the texts of a tree, keys left out.
func (s *Service) expandNode(n *yaml.Node, depth int) error {
	if depth > maxYAMLDepth {
		return fmt.Errorf("%d: it is nested too deeply", n.Line)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		if n.ShortTag() != "!!str" || !strings.Contains(n.Value, "$") {
			return nil
		}
		text, err := s.expand(n.Value)
		if err != nil {
			return fmt.Errorf("%d: %w", n.Line, err)
		}
		n.SetString(text)
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			if err := s.expandNode(n.Content[i], depth+1); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if err := s.expandNode(item, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// variable finds what a text may name: $$, $__env{A}, $__file{/a}, ${A}, $A.
var variable = regexp.MustCompile(`\$\$|\$__(\w+)\{([^}]*)\}|\$\{([^}]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// expand puts variables into a text, as Grafana does: one that is not set is empty,
// and two dollars are one.
func (s *Service) expand(text string) (string, error) {
	var failed error
	out := variable.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" {
			return "$"
		}
		m := variable.FindStringSubmatch(match)
		switch m[1] {
		case "":
			value, _ := s.o.Env(m[3] + m[4])
			return value
		case "env":
			value, _ := s.o.Env(m[2])
			return value
		case "file":
			content, err := os.ReadFile(m[2])
			if err != nil {
				failed = fmt.Errorf("$__file{%s}: %w", m[2], err)
			}
			return strings.TrimSpace(string(content))
		}
		failed = fmt.Errorf("there is no $__%s{…}; use $__env{NAME} or $__file{/path}", m[1])
		return ""
	})
	return out, failed
}

// flag is a boolean that may have come out of a variable as text.
type flag bool

func (f *flag) UnmarshalYAML(n *yaml.Node) error {
	switch strings.ToLower(n.Value) {
	case "", "~", "null":
		return nil
	}
	value, err := strconv.ParseBool(strings.ToLower(n.Value))
	if err != nil {
		return fmt.Errorf("line %d: %q is neither true nor false", n.Line, n.Value)
	}
	*f = flag(value)
	return nil
}

// text is any scalar as it was written.
type text string

func (t *text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a text should be here", n.Line)
	}
	if n.ShortTag() != "!!null" {
		*t = text(n.Value)
	}
	return nil
}

// object is a tree as JSON.
type object json.RawMessage

func (o *object) UnmarshalYAML(n *yaml.Node) error {
	var tree map[string]any
	if err := n.Decode(&tree); err != nil {
		return err
	}
	encoded, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("line %d: this cannot be JSON: %w", n.Line, err)
	}
	*o = object(encoded)
	return nil
}
