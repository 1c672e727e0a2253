package config

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// DefaultRegion is the region if neither flag, environment nor profile names one.
const DefaultRegion = "ap-guangzhou"

// DefaultProfile is the profile if none is named. It need not exist.
const DefaultProfile = "default"

// The environment variables that Load reads.
const (
	EnvConfig     = "SESCTL_CONFIG"
	EnvProfile    = "SESCTL_PROFILE"
	EnvEndpoint   = "SESCTL_ENDPOINT"
	EnvRegion     = "TENCENTCLOUD_REGION"
	EnvLocal      = "SESCTL_LOCAL"
	EnvLocalState = "SESCTL_LOCAL_STATE"
)

// Flags are the values of the command line. "" and nil mean that the flag was not
// given.
type Flags struct {
	Profile string
	// ProfileFrom is the origin of Profile for messages; "" means the flag.
	ProfileFrom string

	Endpoint   string
	Region     string
	Local      *bool
	LocalState string
}

// Setting is a value, and its origin for messages, such as "--region".
type Setting struct{ Value, From string }

// Settings is where and how a command acts.
type Settings struct {
	File        string // the configuration file that was read, or ""
	Profile     string // "" if no profile is used
	ProfileFrom string
	Local       bool
	LocalFrom   string
	LocalState  string // the state file of the embedded emulator; "" if there is no folder for it
	Endpoint    Setting
	Region      Setting
	Credentials Credentials
	// AllowedPorts, unless empty, replaces the ports of the rule url-port.
	AllowedPorts []int
	// MaskedSegments are the segments of the paths of callback URLs that are hidden
	// from people: 1 is the first, -1 the last.
	MaskedSegments []int
	CAFile         string // certificates to trust; a path that can be opened as it is
	Language       string
	Blind          bool // writes do not read first
	Table          sesapi.Table
}

// Loopback reports whether the command acts on this machine: with --local, or at an
// endpoint on a loopback address.
func (s Settings) Loopback() bool { return s.Local || IsLoopback(s.Endpoint.Value) }

// LocalStateFile returns LocalState, or an error if there is no folder for it.
func (s Settings) LocalStateFile() (string, error) {
	if s.LocalState == "" {
		return "", failure.New(failure.Failure, "cannot find a folder for the state of the emulator: the home folder is unknown").
			WithHint("name the file with --local-state, or set HOME or XDG_STATE_HOME")
	}
	if files.IsURL(s.LocalState) { // a flag was refused before
		return "", failure.New(failure.Usage, "%s: %s is a URL, and not the name of a file", EnvLocalState, callback.Mask(s.LocalState)).
			WithHint("name a file, such as ./state.db")
	}
	return s.LocalState, nil
}

// Load reads the configuration file, if there is one, and decides every setting.
// Its error has kind usage, and names the file and line, the variable or the flag.
func Load(flags Flags, dirs Dirs, getenv func(string) string) (Settings, error) {
	s := Settings{Table: sesapi.Default()}
	profile, err := s.loadProfile(flags, dirs, getenv)
	if err != nil {
		return Settings{}, err
	}
	if err := s.decideLocal(flags, getenv); err != nil {
		return Settings{}, err
	}
	s.LocalState = cmp.Or(flags.LocalState, getenv(EnvLocalState), below(dirs.State, "emulator.db"))
	s.Region = choose(Setting{flags.Region, "--region"}, Setting{getenv(EnvRegion), EnvRegion},
		Setting{profile.Region, "profile " + s.Profile}, Setting{DefaultRegion, "the default"})
	if err := CheckRegion(s.Region); err != nil {
		return Settings{}, err
	}
	byRegion := Setting{"https://" + endpointOf(s.Region.Value), "default for region " + s.Region.Value}
	s.Endpoint = choose(Setting{flags.Endpoint, "--endpoint"}, Setting{getenv(EnvEndpoint), EnvEndpoint},
		Setting{profile.Endpoint, "profile " + s.Profile}, byRegion)
	s.Credentials, s.AllowedPorts = profile.Credentials, profile.AllowedPorts
	if s.MaskedSegments, err = profile.maskedSegments(); err != nil {
		return Settings{}, err
	}
	if s.CAFile, err = filePath(profile.CAFile, s.File, dirs.Home); err != nil {
		return Settings{}, failure.New(failure.Usage, "profile %s in %s: ca_file: %w", s.Profile, s.File, err)
	}
	s.Language, s.Blind = profile.Language, profile.Blind
	if s.Table, err = s.Table.With(profile.overrides()); err != nil {
		return Settings{}, failure.New(failure.Usage, "profile %s in %s: %w", s.Profile, s.File, err)
	}
	return s, nil
}

// CheckRegion returns an error if a value cannot be the name of a region.
func CheckRegion(region Setting) error {
	if strings.Trim(region.Value, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return nil
	}
	return failure.New(failure.Usage, "region %s (%s) is not the name of a region", strconv.Quote(region.Value), region.From).
		WithHint("SES has the regions %s", strings.Join(slices.Sorted(maps.Keys(sesapi.Regions())), ", "))
}

// Path returns the configuration file, whether or not it exists, and whether the
// user named it. It is "" if there is no folder for it.
func Path(dirs Dirs, getenv func(string) string) (path string, named bool) {
	if p := getenv(EnvConfig); p != "" {
		return p, true
	}
	return below(dirs.Config, "config.yaml"), false
}

func (s *Settings) loadProfile(flags Flags, dirs Dirs, getenv func(string) string) (Profile, error) {
	name := choose(Setting{flags.Profile, cmp.Or(flags.ProfileFrom, "--profile")}, Setting{getenv(EnvProfile), EnvProfile}, Setting{DefaultProfile, "default"})
	path, named := Path(dirs, getenv)
	if path == "" && name.From == "default" {
		return Profile{}, nil
	}
	if path == "" {
		return Profile{}, failure.New(failure.Usage, "no profile %s (from %s): the home folder is unknown, so there is no configuration file", callback.Quote(callback.Mask(name.Value)), name.From).
			WithHint("set HOME, or set %s to the path of the configuration file", EnvConfig)
	}
	data, err := files.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		if name.From != "default" {
			return Profile{}, failure.New(failure.Usage, "no profile %s (from %s): there is no configuration file %s", callback.Quote(callback.Mask(name.Value)), name.From, path).
				WithHint("create the file, or set %s to another file", EnvConfig)
		}
		return Profile{}, nil
	case err != nil:
		return Profile{}, unreadable(err)
	}
	file, err := parse(path, data)
	if err != nil {
		return Profile{}, err
	}
	s.File = path
	profile, found := file.Profiles[name.Value]
	if !found {
		if name.From == "default" {
			return Profile{}, nil
		}
		return Profile{}, failure.New(failure.Usage, "no profile %s (from %s) in %s", callback.Quote(callback.Mask(name.Value)), name.From, path).
			WithHint("the profiles are: %s", listOr(slices.Sorted(maps.Keys(file.Profiles)), "none"))
	}
	s.Profile, s.ProfileFrom = name.Value, name.From
	return profile, nil
}

// maxFile is larger than any real configuration. A larger file is another file.
const maxFile = 1 << 20

// decideLocal chooses between the embedded emulator and an endpoint. A flag takes
// priority over a variable. Two flags, or two variables, are an error.
func (s *Settings) decideLocal(flags Flags, getenv func(string) string) error {
	local, err := envBool(getenv, EnvLocal)
	if err != nil {
		return err
	}
	switch {
	case flags.Local != nil && *flags.Local && flags.Endpoint != "":
		return failure.New(failure.Usage, "--local and --endpoint cannot be used together").WithHint("leave out one of them")
	case flags.Local != nil:
		s.Local, s.LocalFrom = *flags.Local, "--local"
	case flags.Endpoint != "":
	case local && getenv(EnvEndpoint) != "":
		return failure.New(failure.Usage, "%s and %s cannot be used together", EnvLocal, EnvEndpoint).WithHint("unset one of them")
	case local:
		s.Local, s.LocalFrom = true, EnvLocal
	}
	return nil
}

func envBool(getenv func(string) string, name string) (bool, error) {
	text := getenv(name)
	if text == "" {
		return false, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, failure.New(failure.Usage, "%s is %s; it must be 1 or 0", name, strconv.Quote(text))
	}
	return value, nil
}

// IsLoopback reports whether the host of a URL is a loopback address or localhost.
func IsLoopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && callback.LoopbackHost(u.Hostname())
}

func endpointOf(region string) string {
	if host, known := sesapi.Regions()[region]; known {
		return host
	}
	return sesapi.Regions()[DefaultRegion]
}

// choose returns the first setting that has a value.
func choose(candidates ...Setting) Setting {
	for _, c := range candidates {
		if c.Value != "" {
			return c
		}
	}
	return Setting{}
}

func listOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}
