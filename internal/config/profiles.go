package config

import (
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// Profiles returns the names of the profiles in the configuration file, sorted, and
// the file. Both are empty if there is no file. A file that cannot be read is a failure
// of kind failure, and bad content one of kind usage.
func Profiles(dirs Dirs, getenv func(string) string) (names []string, file string, err error) {
	path, named := Path(dirs, getenv)
	data, err := files.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", unreadable(err)
	}
	parsed, err := parse(path, data)
	if err != nil {
		return nil, "", err
	}
	return slices.Sorted(maps.Keys(parsed.Profiles)), path, nil
}

// unreadable is the failure of a configuration file that cannot be read. A file that
// is too large is the wrong file.
func unreadable(err error) error {
	kind := failure.Failure
	if errors.Is(err, files.ErrTooLarge) {
		kind = failure.Usage
	}
	return failure.New(kind, "cannot read the configuration file: %w", err).
		WithHint("sesctl reads the file that %s names, or config.yaml in your configuration folder", EnvConfig)
}
