package cli

import (
	"github.com/sesctl/sesctl/pkg/callback"
)

// findCallbacks returns the callbacks of the targets, and the targets that have none.
func findCallbacks(set callback.Set, targets []callback.Target) (found []callback.Callback, missing []callback.Target) {
	for _, t := range targets {
		if url := set.URL(t); url.IsZero() {
			missing = append(missing, t)
		} else {
			found = append(found, callback.Callback{Target: t, URL: url})
		}
	}
	return found, missing
}

// oneOrAll returns the JSON data of a command that accepts one target or several: an
// object for one target, and a list for several.
func oneOrAll[T any](all []T, several bool) any {
	if several {
		return all
	}
	return all[0]
}
