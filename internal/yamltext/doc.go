// Package yamltext has functions that all readers of YAML files share. It finds
// characters that make a person read another text than a parser does. It accepts the
// version directives in common use. It explains errors of the YAML library to the
// people who write the files.
package yamltext
