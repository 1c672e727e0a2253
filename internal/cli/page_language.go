package cli

import (
	"cmp"

	"github.com/sesctl/sesctl/internal/catalog"
)

// pageLanguage returns the language of a web page, if the user gave one. Without it the
// page follows the browser: the locale of a server is not the one of its visitors.
func (a *app) pageLanguage() string {
	if cmp.Or(a.flags.language, a.env.Getenv(catalog.Variable)) == "" {
		return ""
	}
	language, _ := catalog.Choose(a.flags.language, a.env.Getenv) // readGlobalFlags reported the error
	return string(language)
}
