// Package account is the place where a command acts: the account of a profile, or
// the local state of the emulator. It finds the settings, opens the client, and
// records every change in the journal.
//
// Everything is opened when it is first asked for, so that a command without need of
// an account never looks for credentials. The package does not print anything. What
// happens besides is passed to [Options.OnNotice].
package account
