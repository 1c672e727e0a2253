package main

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
)

// entry is a name and what it means, in a section of a man page.
type entry struct{ name, meaning string }

// environment are the variables that sesctl reads.
func environment() []entry {
	return []entry{
		{config.EnvProfile, "the profile, if --profile is not given"},
		{config.EnvEndpoint, "the URL of the service, if --endpoint is not given"},
		{config.EnvRegion, "the region, if --region is not given"},
		{config.EnvLocal, "1 for the embedded emulator, as --local"},
		{config.EnvLocalState, "the state file of the embedded emulator, as --local-state"},
		{config.EnvConfig, "the configuration file"},
		{"SESCTL_OUTPUT", "the output format, if --output is not given"},
		{"TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN", "the credentials; the token only for temporary ones"},
		{"TENCENTCLOUD_SECURITY_TOKEN", "the token, if TENCENTCLOUD_TOKEN is not set"},
		{"TCCLI_PROFILE", "the profile of Tencent's command-line tool whose credentials are used; it must exist"},
		{"TENCENTCLOUD_CREDENTIALS_FILE", "the file of credentials to read in place of ~/.tencentcloud/credentials; it must exist"},
		{"SESCTL_LANG", "the language, if --lang is not given: en or zh-CN; else LC_ALL, LC_MESSAGES or LANG"},
		{"HTTPS_PROXY, NO_PROXY", "the proxy, and the hosts that are reached without it"},
		{"SSL_CERT_FILE", "a file with the certificates of further authorities"},
		{"NO_COLOR", "no colours, if it is not empty"},
		{"XDG_CONFIG_HOME, XDG_STATE_HOME", "where the configuration and the state are"},
	}
}

// userFiles are the files that sesctl reads and writes.
func userFiles() []entry {
	return []entry{
		{"~/.config/sesctl/config.yaml", "the configuration, see sesctl-config(5)"},
		{"~/.local/state/sesctl/journal.jsonl", "the history of the changes; it holds whole URLs"},
		{"~/.local/state/sesctl/emulator.db", "the state of the embedded emulator"},
		{"~/.local/state/sesctl/loans", "the callbacks that are borrowed"},
		{"~/.tccli/NAME.credential, ~/.tencentcloud/credentials", "credentials"},
	}
}

func exitStatus() []entry {
	var entries []entry
	for _, s := range failure.Statuses() {
		entries = append(entries, entry{fmt.Sprint(s.Code), s.Summary})
	}
	return entries
}

// manSections are the sections that every man page of sesctl ends with.
func manSections() []byte {
	var out bytes.Buffer
	writeSection(&out, "ENVIRONMENT", environment())
	writeSection(&out, "FILES", userFiles())
	writeSection(&out, "EXIT STATUS", exitStatus())
	return out.Bytes()
}

func writeSection(out *bytes.Buffer, title string, entries []entry) {
	fmt.Fprintf(out, "\n.SH %s\n", title)
	for _, e := range entries {
		fmt.Fprintf(out, ".TP\n\\fB%s\\fP\n%s\n", roff(e.name), roff(e.meaning))
	}
}

// roff is text that a man page shows as it is.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// withSections puts the sections before the last one of a generated page, SEE ALSO, or
// at its end.
func withSections(page []byte) []byte {
	at := bytes.LastIndex(page, []byte("\n.SH SEE ALSO"))
	if at < 0 {
		at = len(page)
	}
	return append(append(append([]byte{}, page[:at]...), manSections()...), page[at:]...)
}

// profileKeys are the keys of a profile in the configuration file, and what they mean.
// It fails if a key of the code has no meaning here.
func profileKeys() ([]entry, error) {
	meanings := map[string]string{
		"region":        "the region, such as ap-guangzhou",
		"endpoint":      "the URL of the service; by default the one of the region",
		"credentials":   "where credentials come from: source (" + strings.Join(config.Sources(), ", ") + "), and the name or role that the source needs",
		"allowed_ports": "the ports that the rule url-port takes; 8080, 8081 and 8082 by default",
		"ca_file":       "a file with the certificates of further authorities, in PEM: of the endpoint, and of receivers of events",
		"blind":         "true: write without reading first, as --blind",
		"language":      "the language of messages of the service: " + strings.Join(config.Languages(), " or "),
		"api":           "rows of the API table to replace, by the names of 'sesctl api list'; off switches a row off",
		"mask":          "further parts of callback URLs to hide: path:N for a segment of the path, path:-1 for the last",
	}
	var entries []entry
	profile := reflect.TypeFor[config.Profile]()
	for i := range profile.NumField() {
		key, _, _ := strings.Cut(profile.Field(i).Tag.Get("yaml"), ",")
		meaning := meanings[key]
		if meaning == "" {
			return nil, fmt.Errorf("the key %q of a profile is not explained in manual.go", key)
		}
		entries = append(entries, entry{key, meaning})
	}
	return entries, nil
}

// configExample is a whole configuration file.
const configExample = `profiles:
  default:
    region: ap-guangzhou
  global:
    region: ap-singapore
    credentials: {source: tccli, name: global}
    allowed_ports: [443, 8080]
    mask: [path:-1]
`

// configManual is the man page of the configuration file.
func configManual(keys []entry) []byte {
	var out bytes.Buffer
	out.WriteString(".TH \"SESCTL\\-CONFIG\" \"5\" \"Nov 2026\" \"sesctl\" \"sesctl manual\"\n")
	out.WriteString(".SH NAME\nsesctl\\-config \\- the configuration file of sesctl\n")
	out.WriteString(".SH DESCRIPTION\nThe file holds profiles by their names, and never a secret. A flag takes priority over a variable, a variable over the profile, and the profile over the default. An unknown key is an error with its line.\n")
	writeSection(&out, "KEYS OF A PROFILE", keys)
	fmt.Fprintf(&out, "\n.SH EXAMPLE\n.EX\n%s.EE\n", strings.ReplaceAll(configExample, "-", `\-`))
	out.Write(manSections())
	out.WriteString("\n.SH SEE ALSO\n\\fBsesctl(1)\\fP, \\fBsesctl\\-profile(1)\\fP\n")
	return out.Bytes()
}

// configReference is the page of the configuration file.
func (l language) configReference(keys []entry) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, l.config, l.link("configuration.md"))
	l.writeTable(&out, l.titles.key, keys)
	fmt.Fprintf(&out, "\n```yaml\n%s```\n\n## %s\n\n", configExample, l.titles.environment)
	l.writeTable(&out, l.titles.variable, environment())
	fmt.Fprintf(&out, "\n## %s\n\n", l.titles.files)
	l.writeTable(&out, l.titles.file, userFiles())
	return out.Bytes()
}

func (l language) writeTable(out *bytes.Buffer, title string, entries []entry) {
	fmt.Fprintf(out, "| %s | %s |\n|---|---|\n", title, l.titles.meaning)
	for _, e := range entries {
		fmt.Fprintf(out, "| `%s` | %s |\n", strings.ReplaceAll(e.name, ", ", "`"+l.comma+"`"), l.word(e.meaning))
	}
}
