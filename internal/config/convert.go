package config

import (
	"encoding/json"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// JSON returns a YAML document, which may be JSON, as JSON. The error has kind usage
// and the line.
func JSON(path string, data []byte) ([]byte, error) {
	var document any
	if err := load(path, data, &document); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(document)
	if err != nil {
		return nil, failure.New(failure.Usage, "%s: it cannot be written as JSON, because a key is not text or a number is infinite", path)
	}
	return encoded, nil
}

// LoadRows reads a file of rows of the API table, in the form of api: in a
// profile, and returns the table with them. A file that cannot be read is an
// error of kind failure, a bad row one of kind usage.
func LoadRows(path string, table sesapi.Table) (sesapi.Table, error) {
	data, err := files.Read(path, maxFile)
	if err != nil {
		return table, failure.New(failure.Failure, "cannot read the API rows: %w", err)
	}
	var rows map[sesapi.Operation]apiRow
	if err := load(path, data, &rows); err != nil {
		return table, err
	}
	if err := checkRows(rows); err != nil {
		return table, failure.New(failure.Usage, "%s: %w", path, err)
	}
	replaced, err := table.With(Profile{API: rows}.overrides())
	if err != nil {
		return table, failure.New(failure.Usage, "%s: %w", path, err)
	}
	return replaced, nil
}
