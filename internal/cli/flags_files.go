package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/pkg/callback"
)

// writtenFiles are the flags that name a file which is written.
func writtenFiles() []string {
	return []string{"env", "local-state", "out", "report", "save", "state", "tls-ca-out"}
}

// refuseURLAsFile refuses a URL that is the value of a flag for a file which is written.
// Other flags are for URLs, and a file that is only read does not exist then.
func refuseURLAsFile(cmd *cobra.Command) error {
	for _, name := range writtenFiles() {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || !flag.Changed {
			continue
		}
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok { // --report FORMAT=FILE
			values = list.GetSlice()
		}
		for _, value := range values {
			path := value
			if _, file, found := strings.Cut(value, "="); name == "report" && found {
				path = file
			}
			if files.IsURL(path) {
				return failure.New(failure.Usage, "--%s %s: it is a URL, and not the name of a file", name, callback.Mask(path)).
					WithHint("name a file, such as ./name")
			}
		}
	}
	return nil
}
