package manifest

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Secret is a part of callback URLs that a declaration takes from the
// environment.
type Secret struct {
	Name  string // of the variable
	Value string
}

// Extract takes the secret parts out of the URLs in set: those that masking names
// and hides. It returns them in the order of the set, equal ones once, and a
// function that writes a URL with ${NAME} in their places, for [YAML] and [JSON].
func Extract(set callback.Set, masking callback.Masking) ([]Secret, func(callback.Callback) string) {
	var secrets []Secret
	texts := map[callback.Target]string{}
	known := map[[2]string]string{} // names by what the part is and its value
	taken := map[string]bool{}
	for _, c := range set.All() {
		url := c.URL.Whole()
		var out strings.Builder
		end := 0
		for _, part := range masking.Secrets(url) {
			// ${ behind a $ would be read as an escape.
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

// unused returns a name that is not taken yet, and takes it.
func unused(taken map[string]bool, name string) string {
	free := name
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	taken[free] = true
	return free
}

// Whole writes a URL as it is, for [YAML] and [JSON].
func Whole(c callback.Callback) string { return escape(c.URL.Whole()) }
