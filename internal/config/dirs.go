package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// Dirs are the user's folders that sesctl reads and writes; "" is not known.
type Dirs struct {
	Home   string
	Config string // holds the configuration file
	State  string // holds the state of the embedded emulator, and the journal
}

// ErrNoState is in the error of [FindDirs].
var ErrNoState = errors.New("cannot find a folder for the state of sesctl: the home folder is unknown")

// FindDirs returns the user's folders, and fails if the home folder is not known and
// XDG_STATE_HOME does not name another one: what has to be recorded needs a place.
func FindDirs(getenv func(string) string) (Dirs, error) {
	dirs := KnownDirs(getenv)
	if dirs.State == "" {
		return Dirs{}, failure.New(failure.Failure, "%w", ErrNoState).
			WithHint("set HOME, or set XDG_STATE_HOME to a folder that is kept")
	}
	return dirs, nil
}

// KnownDirs returns the user's folders; "" is one that is not known, as in a
// container whose user has no home folder. On Unix they follow the XDG base directory
// specification. On macOS they are in Library/Application Support, on Windows in
// AppData. XDG_CONFIG_HOME and XDG_STATE_HOME take priority everywhere.
func KnownDirs(getenv func(string) string) Dirs {
	home := getenv("HOME")
	if runtime.GOOS == "windows" {
		home = cmp.Or(getenv("USERPROFILE"), home)
	}
	if home == "" { // for example in a container, or under cron
		if u, err := user.Current(); err == nil {
			home = u.HomeDir
		}
	}
	if home == os.DevNull { // of a service that must have no home folder
		home = ""
	}
	// The specification demands that relative paths are ignored.
	config, state := absolute(getenv("XDG_CONFIG_HOME")), absolute(getenv("XDG_STATE_HOME"))
	switch runtime.GOOS {
	case "windows":
		config = cmp.Or(config, getenv("AppData"), below(home, "AppData", "Roaming"))
		state = cmp.Or(state, getenv("LocalAppData"), below(home, "AppData", "Local"))
	case "darwin":
		config = cmp.Or(config, below(home, "Library", "Application Support"))
		state = cmp.Or(state, below(home, "Library", "Application Support"))
	default:
		config = cmp.Or(config, below(home, ".config"))
		state = cmp.Or(state, below(home, ".local", "state"))
	}
	return Dirs{Home: home, Config: below(config, "sesctl"), State: below(state, "sesctl")}
}

// below returns a path below a folder, or "" if the folder is not known.
func below(folder string, elements ...string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(append([]string{folder}, elements...)...)
}

func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return ""
}

// filePath returns the path of a file that a configuration file names. As in other
// programs it is relative to the folder of that file, wherever the command runs, and
// "~/" is the home folder.
func filePath(path, configuration, home string) (string, error) {
	rest, fromHome := strings.CutPrefix(path, "~")
	switch {
	case path == "" || filepath.IsAbs(path):
		return path, nil
	case !fromHome:
		return filepath.Join(filepath.Dir(configuration), path), nil
	case rest != "" && rest[0] != '/' && !os.IsPathSeparator(rest[0]):
		return "", fmt.Errorf("%q is in the home folder of another user; write the whole path, or ./%s", path, path)
	case home == "":
		return "", fmt.Errorf("%q is in the home folder, which is unknown; set HOME, or write the whole path", path)
	}
	return filepath.Join(home, rest), nil
}
