// Command sesctl sets, reads, explains and checks the callbacks of Tencent Cloud
// SES: the URLs to which it reports the events of email.
//
// This package connects the process to internal/cli: arguments, streams and
// signals go in, and the exit status comes out.
package main
