// Package cli contains the commands of sesctl, one file each: cmd_NOUN_VERB.go.
//
// It reads the arguments and the environment ([Env]), runs one command ([Main]), and
// returns the exit status. It joins the other packages of the program. Only this
// package uses cobra and the terminal. It does not know the wire format of a call,
// and it never ends the process.
package cli
