// Package capture reads what a capture of Tencent's console, or an event of its
// audit log, shows of the SES API: which actions were called, under which names
// their parameters and answers travel, and what follows from that for the rows of
// the API table.
//
// A capture holds the session of a person: cookies, csrf codes, account numbers,
// keys. This package reads the path and the action of a request, its parameters
// and its answer, and keeps nothing else. Its results for people ([Finding],
// Capture.Hosts, Capture.Products) hold names only, never a value.
//
// The package contacts nothing. It does not know commands or output.
package capture
