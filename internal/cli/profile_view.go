package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/pkg/callback"
)

// profileView is a profile with the settings that apply if it is used.
type profileView struct {
	Name         string `json:"name"`
	Used         bool   `json:"used"`
	Why          string `json:"why"` // why it is used, "" if it is not
	Region       string `json:"region"`
	Endpoint     string `json:"endpoint"`
	Credentials  string `json:"credentials"` // where they are looked for
	AllowedPorts []int  `json:"allowed_ports"`
	File         string `json:"file"` // the configuration file, "" if there is none

	// These are left out unless the profile sets them.
	Mask     []string `json:"mask,omitempty"`
	CAFile   string   `json:"ca_file,omitempty"`
	Language string   `json:"language,omitempty"` // of the service's messages
	Blind    bool     `json:"blind,omitempty"`
	API      []string `json:"api,omitempty"` // the operations of the rows that the profile replaces

	settings config.Settings
}

// profiles returns every profile of the configuration file. The settings of the
// environment and of the command line apply to each.
func (a *app) profiles() ([]profileView, error) {
	dirs, names, err := a.profileNames()
	if err != nil {
		return nil, err
	}
	used, from := a.chosenProfile()
	views := []profileView{}
	for _, name := range names {
		view, err := a.viewProfile(dirs, name)
		if err != nil {
			return nil, err
		}
		if name == used {
			view.Used, view.Why = true, from
		}
		views = append(views, view)
	}
	if from != byDefault && !slices.Contains(names, used) {
		a.warn("there is no profile %s (from %s)", callback.Quote(used), from)
	}
	return views, nil
}

// profileNames returns the profiles of the configuration file, and the user's folders.
func (a *app) profileNames() (config.Dirs, []string, error) {
	dirs := config.KnownDirs(a.env.Getenv)
	names, _, err := config.Profiles(dirs, a.env.Getenv)
	return dirs, names, err
}

const byDefault = "default"

// chosenProfile returns the profile that commands use, and why.
func (a *app) chosenProfile() (name, why string) {
	switch {
	case a.profile() != "":
		return a.profile(), "--profile"
	case a.env.Getenv(config.EnvProfile) != "":
		return a.env.Getenv(config.EnvProfile), config.EnvProfile
	}
	return config.DefaultProfile, byDefault
}

func (a *app) viewProfile(dirs config.Dirs, name string) (profileView, error) {
	flags := config.Flags{Profile: name, ProfileFrom: "the argument", Endpoint: a.flags.endpoint, Region: a.flags.region}
	settings, err := config.Load(flags, dirs, a.env.Getenv)
	if err != nil {
		return profileView{}, err
	}
	return viewOfProfile(name, settings), nil
}

func viewOfProfile(name string, s config.Settings) profileView {
	ports := s.AllowedPorts
	if len(ports) == 0 {
		ports = callback.DefaultPorts()
	}
	view := profileView{Name: name, Region: s.Region.Value, Endpoint: callback.Mask(s.Endpoint.Value), Credentials: credentialsText(s.Credentials),
		AllowedPorts: ports, File: s.File, CAFile: s.CAFile, Language: s.Language, Blind: s.Blind, settings: s}
	for _, segment := range s.MaskedSegments {
		view.Mask = append(view.Mask, fmt.Sprintf("path:%d", segment))
	}
	for _, row := range s.Table.Rows() {
		if row.Replaced {
			view.API = append(view.API, string(row.Operation))
		}
	}
	return view
}

// credentialsText names the sources of credentials. It contains no secret.
func credentialsText(c config.Credentials) string {
	text := cmp.Or(c.Source, "environment, tccli, file")
	if name := cmp.Or(c.Name, c.Role); name != "" {
		text += fmt.Sprintf(" (%s)", name)
	}
	return text
}

func portsText(ports []int) string {
	texts := make([]string, len(ports))
	for i, port := range ports {
		texts[i] = strconv.Itoa(port)
	}
	return strings.Join(texts, ", ")
}

// completeProfiles offers the profiles of the configuration file.
func (a *app) completeProfiles(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	_, names, _ := a.profileNames()
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(args, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

// noProfiles names the configuration file, which may not exist.
func (a *app) noProfiles() string {
	path, _ := config.Path(config.KnownDirs(a.env.Getenv), a.env.Getenv)
	if path == "" {
		return "the home folder is unknown, so there is no configuration file"
	}
	return "the configuration file is " + path
}
