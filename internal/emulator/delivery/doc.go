// Package delivery runs the steps of messages concurrently, with one goroutine for
// each message in memory. Two limits bound the steps in flight: one for all messages,
// and one for each group of messages. A [Poster] POSTs the events. The package does
// not depend on SES.
package delivery
