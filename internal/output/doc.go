// Package output writes the result of a command in the form that the user chose:
// as a table for people, as JSON or YAML for programs, or as bare values.
//
// It is the only package that renders tables. It removes control characters from
// cells, and measures the width of Chinese text. It does not know the meaning of a
// result, and it masks nothing: the caller must mask URLs first.
package output
