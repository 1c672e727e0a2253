// Package webhook is the other end of a callback, over HTTP: it checks that a
// callback can receive events ([Checker]), sends events to it ([Sender],
// [Replay]) and receives them ([Receiver], [Serve]).
//
// A callback URL is a secret. Nothing in this package puts more of one into an
// error or a finding than its host and port.
package webhook
