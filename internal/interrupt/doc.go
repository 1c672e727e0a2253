// Package interrupt ends a context on the signals that end a program, for both programs,
// and waits no longer than a context.
package interrupt
