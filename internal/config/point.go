package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	yamlnode "go.yaml.in/yaml/v3"
)

// pointTo narrows a problem of n to the part that the message speaks of: a value
// that it quotes, or one of the keys of n.
func pointTo(n *yamlnode.Node, path, message string) (*yamlnode.Node, string) {
	message = jobInText.ReplaceAllString(message, "")
	for _, q := range quoted.FindAllString(message, -1) {
		text, err := strconv.Unquote(q)
		if err != nil {
			continue
		}
		if at, key := findValue(n, path, text); at != nil {
			return at, key
		}
	}
	at, key := n, path
	for depth := 0; depth < maxDepth && n != nil && n.Kind == yamlnode.MappingNode; depth++ {
		k := mentionedKey(n, message)
		if k == nil {
			break
		}
		at, key = k, joinKey(key, k.Value)
		n = child(n, k.Value)
	}
	return at, key
}

var (
	// jobInText is how Prometheus names the job of a problem, whose line we have.
	jobInText = regexp.MustCompile(` for scrape config with job name "(?:[^"\\]|\\.)*"`)
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)+"`)
)

// mentionedKey is the key of n that the message names first, written as the key is
// or with blanks for the underscores.
func mentionedKey(n *yamlnode.Node, message string) *yamlnode.Node {
	message = " " + strings.ToLower(wordBreaks.ReplaceAllString(message, " ")) + " "
	var best *yamlnode.Node
	bestAt := len(message)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := strings.Index(message, " "+strings.ReplaceAll(k.Value, "_", " ")+" ")
		if at < 0 || k.Value == "" {
			continue
		}
		if at < bestAt || at == bestAt && len(k.Value) > len(best.Value) {
			best, bestAt = k, at
		}
	}
	return best
}

var wordBreaks = regexp.MustCompile(`[^A-Za-z0-9]+`)

// findValue finds the first scalar below n with this text, a key or a value.
func findValue(n *yamlnode.Node, path, text string) (at *yamlnode.Node, key string) {
	eachScalar(n, path, 0, func(n *yamlnode.Node, path string) bool {
		if n.Value != text {
			return true
		}
		at, key = n, path
		return false
	})
	return at, key
}

// eachScalar calls visit for every scalar below n, keys before their values, with
// the path of keys to it, until visit returns false. It tells whether all were
// visited. Aliases are not followed: what they stand for is visited where it stands.
func eachScalar(n *yamlnode.Node, path string, depth int, visit func(*yamlnode.Node, string) bool) bool {
	if depth > maxDepth {
		return true
	}
	switch n.Kind {
	case yamlnode.ScalarNode:
		return visit(n, path)
	case yamlnode.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := joinKey(path, n.Content[i].Value)
			if !eachScalar(n.Content[i], key, depth+1, visit) || !eachScalar(n.Content[i+1], key, depth+1, visit) {
				return false
			}
		}
	case yamlnode.SequenceNode:
		for i, item := range n.Content {
			if !eachScalar(item, fmt.Sprintf("%s[%d]", path, i), depth+1, visit) {
				return false
			}
		}
	}
	return true
}
