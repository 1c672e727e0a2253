// Command sesctl sets, reads, explains and checks the callbacks of Tencent Cloud
// SES: the URLs to which it reports the events of email.
//
// Everything is in internal/cli. This package only ends the process with the exit
// status.
package main
