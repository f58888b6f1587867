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
		if at, key := findValue(n, path, text, 0); at != nil {
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
func findValue(n *yamlnode.Node, path, text string, depth int) (*yamlnode.Node, string) {
	if depth > maxDepth {
		return nil, ""
	}
	switch n.Kind {
	case yamlnode.ScalarNode:
		if n.Value == text {
			return n, path
		}
	case yamlnode.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := joinKey(path, n.Content[i].Value)
			if n.Content[i].Value == text {
				return n.Content[i], key
			}
			if at, key := findValue(n.Content[i+1], key, text, depth+1); at != nil {
				return at, key
			}
		}
	case yamlnode.SequenceNode:
		for i, item := range n.Content {
			if at, key := findValue(item, fmt.Sprintf("%s[%d]", path, i), text, depth+1); at != nil {
				return at, key
			}
		}
	}
	return nil, ""
}
