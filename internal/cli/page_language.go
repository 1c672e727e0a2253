package cli

// pageLanguage returns the language of a web page, if the user gave one. Without it the
// page follows the browser: the locale of a server is not the one of its visitors.
func (a *app) pageLanguage() string { return a.env.Getenv("SESCTL_LANG") }
