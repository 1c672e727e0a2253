package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

func typeNames() []string {
	var names []string
	for _, t := range event.Types() {
		names = append(names, string(t.Type))
	}
	return names
}

func eventTypes(names []string, all bool) ([]event.Type, error) {
	if all {
		names = typeNames()
	}
	types := make([]event.Type, len(names))
	for i, name := range names {
		if !slices.Contains(typeNames(), name) {
			return nil, failure.New(failure.Usage, "unknown event type %s", callback.Quote(name)).WithHint("the types are %s", strings.Join(typeNames(), ", "))
		}
		types[i] = event.Type(name)
	}
	return types, nil
}

func completeTypes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return typeNames(), cobra.ShellCompDirectiveNoFileComp
}
