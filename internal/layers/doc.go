// Package layers holds the import rule in its tests, and nothing else: which package
// may import which, and which package may use which library. The configuration of
// the linter is made from the same list, so that an editor reports a breach early.
package layers
