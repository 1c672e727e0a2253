// Package files keeps the files of the user: they are written in one piece,
// they are durable, locked, and readable by their owner alone.
//
// An error names the file that the caller named. [Reason] returns what failed
// without the name, and [Advice] what the user can do.
package files
