// Package webhook is the other end of a callback, over HTTP. It checks that a callback
// can receive events ([Checker]), sends events to it ([Sender], [Pace]), receives them
// ([Receiver], [Serve]), and keeps them in a file ([Archive], [ReadRecords]).
//
// A callback URL is a secret. An error or a finding of this package has only its host
// and port.
package webhook
