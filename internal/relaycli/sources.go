package relaycli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/pkg/callback"
)

// envPrefix is the prefix of the environment variables: --spool-max is
// SESCTL_RELAY_SPOOL_MAX.
const envPrefix = "SESCTL_RELAY_"

// maxConfig is larger than any real configuration file, in bytes.
const maxConfig = 1 << 20

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fileKey is the key of a flag in the configuration file: --spool-max is spool_max.
func fileKey(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// fromEnvironment sets the flags that were not given, from environment variables. A
// variable can have several values, separated by spaces.
func fromEnvironment(flags *pflag.FlagSet, getenv func(string) string) error {
	var failed error
	set := func(f *pflag.Flag) {
		value := getenv(envName(f.Name))
		if value == "" || f.Changed || failed != nil {
			return
		}
		values := []string{value}
		if f.Value.Type() == "stringArray" {
			values = strings.Fields(value)
		}
		for _, v := range values {
			if err := flags.Set(f.Name, v); err != nil {
				failed = failure.New(failure.Usage, "%s: %s", envName(f.Name), valueReason(err))
			}
		}
	}
	flags.VisitAll(set)
	return failed
}

// valueReason returns an error of pflag without its words about the flag, because
// they contain the value.
func valueReason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

// fromFile sets the flags that were given neither on the command line nor in the
// environment. An unknown or repeated key is an error, which names the line.
func fromFile(flags *pflag.FlagSet, path string) error {
	data, err := files.Read(path, maxConfig)
	if err != nil {
		return failure.New(failure.Failure, "%w", err)
	}
	root, err := config.Document(path, data)
	if err != nil || root == nil {
		return err
	}
	if root.Kind != yaml.MappingNode {
		return failure.New(failure.Usage, "%s: it does not contain keys and values", path)
	}
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	seen := map[string]bool{}
	pairs := root.Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := setFromNode(flags, path, pairs[i], pairs[i+1], given, seen); err != nil {
			return err
		}
	}
	return nil
}

// quoteKey returns the beginning of a key for a message. A key may be a URL in the wrong
// place, so it is masked first.
func quoteKey(key string) string {
	short := []rune(callback.Mask(key))
	return callback.Quote(string(short[:min(len(short), 40)]))
}

func setFromNode(flags *pflag.FlagSet, path string, key, value *yaml.Node, given, seen map[string]bool) error {
	wrong := func(node *yaml.Node, format string, args ...any) error {
		return failure.New(failure.Usage, "%s: line "+strconv.Itoa(node.Line)+": "+format, append([]any{path}, args...)...)
	}
	name := strings.ReplaceAll(key.Value, "_", "-")
	f := flags.Lookup(name)
	switch {
	case f == nil || name == "config" || name == "help" || fileKey(name) != key.Value:
		return wrong(key, "unknown key %s", quoteKey(key.Value))
	case seen[name]:
		return wrong(key, "%s is given twice", key.Value)
	}
	seen[name] = true
	values := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode && f.Value.Type() == "stringArray" {
		values = value.Content
	}
	for _, v := range values {
		if v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
			return wrong(v, "%s has a value of the wrong kind", key.Value)
		}
		if given[name] {
			continue
		}
		if err := flags.Set(name, v.Value); err != nil {
			return wrong(v, "%s: %s", key.Value, valueReason(err))
		}
	}
	return nil
}
