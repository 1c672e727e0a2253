package config

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// Dirs are the user's folders that sesctl reads and writes.
type Dirs struct {
	Home   string
	Config string // holds the configuration file
	State  string // holds the state of the embedded emulator, and the journal
}

// FindDirs returns the user's folders. On Unix they follow the XDG base directory
// specification. On macOS they are in Library/Application Support, on Windows in
// AppData. XDG_CONFIG_HOME and XDG_STATE_HOME take priority everywhere. It fails if
// the home folder is not known.
func FindDirs(getenv func(string) string) (Dirs, error) {
	home := getenv("HOME")
	if runtime.GOOS == "windows" {
		home = firstOf(getenv("USERPROFILE"), home)
	}
	if home == "" { // for example in a container, or under cron
		if u, err := user.Current(); err == nil {
			home = u.HomeDir
		}
	}
	// The specification demands that relative paths are ignored.
	configHome, stateHome := absolute(getenv("XDG_CONFIG_HOME")), absolute(getenv("XDG_STATE_HOME"))
	if home == "" && (configHome == "" || stateHome == "") {
		return Dirs{}, errors.New("the home folder is not known: HOME is not set")
	}
	switch runtime.GOOS {
	case "windows":
		configHome = firstOf(configHome, getenv("AppData"), filepath.Join(home, "AppData", "Roaming"))
		stateHome = firstOf(stateHome, getenv("LocalAppData"), filepath.Join(home, "AppData", "Local"))
	case "darwin":
		configHome = firstOf(configHome, filepath.Join(home, "Library", "Application Support"))
		stateHome = firstOf(stateHome, filepath.Join(home, "Library", "Application Support"))
	default:
		configHome = firstOf(configHome, filepath.Join(home, ".config"))
		stateHome = firstOf(stateHome, filepath.Join(home, ".local", "state"))
	}
	return Dirs{Home: home, Config: filepath.Join(configHome, "sesctl"), State: filepath.Join(stateHome, "sesctl")}, nil
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
		return "", fmt.Errorf("%q is in the home folder, which is not known; set HOME, or write the whole path", path)
	}
	return filepath.Join(home, rest), nil
}
