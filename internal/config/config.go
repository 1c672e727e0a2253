package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// DefaultRegion is used where nothing names a region.
const DefaultRegion = "ap-guangzhou"

// DefaultProfile is the profile that is used, if it exists, where none is named.
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

// Flags are the values of the command line; "" and nil stand for a flag that
// was not given.
type Flags struct {
	Profile string
	// ProfileFrom says where Profile comes from, if not from the flag.
	ProfileFrom string

	Endpoint   string
	Region     string
	Local      *bool
	LocalState string
}

// Setting is a value and where it comes from, in words.
type Setting struct{ Value, From string }

// Settings is where a command acts.
type Settings struct {
	File        string // the configuration file that was read, or ""
	Profile     string // "" where no profile is used
	ProfileFrom string
	Local       bool
	LocalFrom   string
	LocalState  string // the state file of the embedded emulator
	Endpoint    Setting
	Region      Setting
	Credentials Credentials
	// AllowedPorts replaces the ports of the rule url-port where not empty.
	AllowedPorts []int
	// MaskedSegments are the segments of the paths of callback URLs that are hidden
	// from people: 1 is the first, -1 the last.
	MaskedSegments []int
	CAFile         string
	Language       string
	Table          sesapi.Table
}

// Loopback reports whether the endpoint is on this machine, as an emulator is.
func (s Settings) Loopback() bool { return s.Local || IsLoopback(s.Endpoint.Value) }

// Load reads the configuration file, if there is one, and decides every
// setting. It fails with kind usage, naming the file and line, the variable or
// the flag.
func Load(flags Flags, dirs Dirs, getenv func(string) string) (Settings, error) {
	s := Settings{Table: sesapi.Default()}
	profile, err := s.loadProfile(flags, dirs, getenv)
	if err != nil {
		return Settings{}, err
	}
	if err := s.decideLocal(flags, getenv); err != nil {
		return Settings{}, err
	}
	s.LocalState = firstOf(flags.LocalState, getenv(EnvLocalState), filepath.Join(dirs.State, "emulator.db"))
	s.Region = choose(Setting{flags.Region, "--region"}, Setting{getenv(EnvRegion), EnvRegion},
		Setting{profile.Region, "profile " + s.Profile}, Setting{DefaultRegion, "default"})
	if strings.Trim(s.Region.Value, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return Settings{}, failure.New(failure.Usage, "region %s (%s) is not the name of a region", strconv.Quote(s.Region.Value), s.Region.From).
			WithHint("SES is in %s", strings.Join(slices.Sorted(maps.Keys(sesapi.Regions())), ", "))
	}
	byRegion := Setting{"https://" + endpointOf(s.Region.Value), "default for region " + s.Region.Value}
	s.Endpoint = choose(Setting{flags.Endpoint, "--endpoint"}, Setting{getenv(EnvEndpoint), EnvEndpoint},
		Setting{profile.Endpoint, "profile " + s.Profile}, byRegion)
	s.Credentials, s.AllowedPorts = profile.Credentials, profile.AllowedPorts
	if s.MaskedSegments, err = profile.maskedSegments(); err != nil {
		return Settings{}, err
	}
	s.CAFile, s.Language = profile.CAFile, profile.Language
	if s.Table, err = s.Table.With(profile.API); err != nil {
		return Settings{}, failure.New(failure.Usage, "profile %s in %s: %w", s.Profile, s.File, err)
	}
	return s, nil
}

func (s *Settings) loadProfile(flags Flags, dirs Dirs, getenv func(string) string) (Profile, error) {
	name := choose(Setting{flags.Profile, firstOf(flags.ProfileFrom, "--profile")}, Setting{getenv(EnvProfile), EnvProfile}, Setting{DefaultProfile, "default"})
	path, named := filepath.Join(dirs.Config, "config.yaml"), false
	if p := getenv(EnvConfig); p != "" {
		path, named = p, true
	}
	data, err := readLimited(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		if name.From != "default" {
			return Profile{}, failure.New(failure.Usage, "no profile %s (from %s): there is no configuration file %s", strconv.Quote(name.Value), name.From, path).
				WithHint("create the file, or name another one with %s", EnvConfig)
		}
		return Profile{}, nil
	case err != nil:
		return Profile{}, failure.New(failure.Usage, "cannot read the configuration file: %w", err).
			WithHint("%s and the user's configuration folder say where it is", EnvConfig)
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
		return Profile{}, failure.New(failure.Usage, "no profile %s (from %s) in %s", strconv.Quote(name.Value), name.From, path).
			WithHint("there are: %s", listOr(slices.Sorted(maps.Keys(file.Profiles)), "none"))
	}
	s.Profile, s.ProfileFrom = name.Value, name.From
	return profile, nil
}

// maxFile is more than any configuration; what is larger is another file.
const maxFile = 1 << 20

func readLimited(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return data, err
}

// decideLocal weighs the embedded emulator against an endpoint: of the two, the
// one given closer to the command wins, and both at the same place are refused.
func (s *Settings) decideLocal(flags Flags, getenv func(string) string) error {
	local, err := envBool(getenv, EnvLocal)
	if err != nil {
		return err
	}
	switch {
	case flags.Local != nil && *flags.Local && flags.Endpoint != "":
		return failure.New(failure.Usage, "--local and --endpoint exclude each other").WithHint("leave one of them out")
	case flags.Local != nil:
		s.Local, s.LocalFrom = *flags.Local, "--local"
	case flags.Endpoint != "":
	case local && getenv(EnvEndpoint) != "":
		return failure.New(failure.Usage, "%s and %s exclude each other", EnvLocal, EnvEndpoint).WithHint("unset one of them")
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
		return false, failure.New(failure.Usage, "%s is %s; it is 1 or 0", name, strconv.Quote(text))
	}
	return value, nil
}

// IsLoopback reports whether a URL names a host of this machine.
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

func choose(candidates ...Setting) Setting {
	for _, c := range candidates {
		if c.Value != "" {
			return c
		}
	}
	return Setting{}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func listOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}

func usagef(format string, args ...any) error {
	return &failure.Error{Kind: failure.Usage, Err: fmt.Errorf(format, args...)}
}
