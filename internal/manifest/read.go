package manifest

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// MaxSize is the largest file that is read, in bytes: room for 100,000 senders.
const MaxSize = 16 << 20

// Stdin is the name of standard input in errors.
const Stdin = "<stdin>"

// File is the content of a file, with its name in errors.
type File struct {
	Name string
	Data []byte
}

// Lookup returns the value of an environment variable, as [os.LookupEnv] does.
type Lookup func(name string) (value string, found bool)

// ReadFiles reads the declaration in the files at paths; "-" is standard input. A
// file that cannot be read is an error of kind failure. For mistakes in a file see
// [Parse].
func ReadFiles(paths []string, stdin io.Reader, lookup Lookup) (Declaration, error) {
	var files []File
	for _, path := range paths {
		file, err := readFile(path, stdin)
		if err != nil {
			return Declaration{}, err
		}
		files = append(files, file)
	}
	return Parse(files, lookup)
}

func readFile(path string, stdin io.Reader) (File, error) {
	name, source := path, stdin
	if path == "-" {
		name = Stdin
	} else {
		f, err := os.Open(path)
		if err != nil {
			return File{}, failure.New(failure.Failure, "cannot read the declaration: %w", err)
		}
		defer func() { _ = f.Close() }() // nothing was written
		source = f
	}
	// One byte more than the limit shows Parse that the file is too long.
	data, err := io.ReadAll(io.LimitReader(source, MaxSize+1))
	if err != nil {
		return File{}, failure.New(failure.Failure, "cannot read the declaration %s: %w", name, err)
	}
	return File{Name: name, Data: data}, nil
}

// Parse reads the declaration in the files. The error is a usage failure that
// holds [Errors]: all mistakes in the form, each with its position.
// [Declaration.Check] checks the rules of callbacks. If there is an error, the
// declaration holds what could be read.
func Parse(files []File, lookup Lookup) (Declaration, error) {
	var (
		d                   Declaration
		all                 Errors
		profiles, unmanaged callback.Position
	)
	for _, f := range files {
		r := &reader{file: f.Name, lookup: lookup}
		r.read(f.Data)
		all = append(all, r.errors...)
		d.Rows, d.Only = append(d.Rows, r.rows...), append(d.Only, r.only...)
		if r.unmanaged != nil {
			at, value := r.at(r.unmanaged), Unmanaged(r.unmanaged.Value)
			if d.Unmanaged != "" && d.Unmanaged != value {
				all = append(all, &Error{Position: at, Message: fmt.Sprintf("unmanaged is %s here, but %s at %s", value, d.Unmanaged, unmanaged)})
			}
			d.Unmanaged, unmanaged = value, at
		}
		switch {
		case !r.profilesSet:
		case profiles != callback.Position{}:
			all = append(all, &Error{Position: r.profilesAt, Message: fmt.Sprintf("profiles may be in only one file, and are already in %s", profiles)})
		default:
			d.Profiles, profiles = r.profiles, r.profilesAt
		}
	}
	if !slices.ContainsFunc(d.Only, func(profile string) bool { return profile != "" }) {
		d.Only = nil
	}
	return d, all.errorOrNil(files)
}
