// Package account is the place where a command acts: the account of a profile, or
// the local state of the emulator. It finds the settings, opens the client, and
// records every change in the journal.
//
// Everything is opened when it is first needed, so that a command that needs no account
// never looks for credentials. The package does not print anything. It passes what the
// user has to know to [Options.OnNotice].
package account
