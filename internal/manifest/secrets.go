package manifest

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Secret is a part of a callback URL that a declaration takes from the
// environment.
type Secret struct {
	Name  string // of the variable
	Value string
}

// Extract takes the secret parts out of the URLs in set: the parts that masking
// names and hides. It returns the secrets in the order of the set, equal secrets
// once. It also returns a function for [YAML] and [JSON] that writes a URL with
// ${NAME} in place of the secrets.
func Extract(set callback.Set, masking callback.Masking) ([]Secret, func(callback.Callback) string) {
	var secrets []Secret
	texts := map[callback.Target]string{}
	known := map[[2]string]string{} // names by the kind of the part and its value
	taken := map[string]bool{}
	for _, c := range set.All() {
		url := c.URL.Whole()
		var out strings.Builder
		end := 0
		for _, part := range masking.Secrets(url) {
			// A ${ after a $ would be read as an escape.
			start := part.Start
			for start > end && url[start-1] == '$' {
				start--
			}
			key := [2]string{part.Name, url[start:part.End]}
			name, found := known[key]
			if !found {
				name = unused(taken, "SES_"+c.Target.VariableName()+"_"+part.Name)
				known[key] = name
				secrets = append(secrets, Secret{Name: name, Value: key[1]})
			}
			out.WriteString(escape(url[end:start]) + "${" + name + "}")
			end = part.End
		}
		texts[c.Target] = out.String() + escape(url[end:])
	}
	return secrets, func(c callback.Callback) string { return texts[c.Target] }
}

// unused returns a name that is not used yet, and marks it as used.
func unused(taken map[string]bool, name string) string {
	free := name
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	taken[free] = true
	return free
}

// Whole returns a URL unchanged. It is for [YAML] and [JSON].
func Whole(c callback.Callback) string { return escape(c.URL.Whole()) }
