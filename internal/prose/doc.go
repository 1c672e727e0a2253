// Command prose checks that the English of the repository follows the rules in
// CONTRIBUTING.md. It reads Markdown, the comments and strings of Go code, and
// the comments of scripts, and prints file, line, phrase and what to write
// instead. It exits with status 1 if it finds anything.
//
// The word list is in phrases.go. Generated pages are not read: their text comes
// from the code.
package main
