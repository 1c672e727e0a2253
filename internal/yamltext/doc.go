// Package yamltext holds what the readers of YAML files share: it refuses
// characters that make people read another text than a parser does, accepts the
// version directives that are in use, and puts the errors of the YAML library
// into words for the people who write the files.
package yamltext
