// Package failure defines the error of sesctl, and the exit status of each kind
// of error.
//
// An [Error] carries its [Kind] from the place where something fails to the place
// where the exit status is chosen. [Statuses] is the only table of exit statuses;
// the program, its help and its documentation read it. The package does not know
// what failed.
package failure
