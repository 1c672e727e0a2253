// Package files reads, writes and locks files of the user. A file is written
// completely or not at all, is durable, and can be readable for its owner alone.
//
// An error names the file that the caller named. [Reason] returns what failed
// without the name, and [Advice] what the user can do.
package files
