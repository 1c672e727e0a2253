// Package cli holds the commands of sesctl, one file each: cmd_NOUN_VERB.go.
//
// It reads arguments and environment ([Env]), runs one command ([Main]), and
// returns the exit status. Of the program's packages it is the only one that joins
// the others, and the only one that knows cobra and terminals. It does not know how
// a call looks on the wire, and it never ends the process.
package cli
