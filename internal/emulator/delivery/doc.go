// Package delivery works on messages side by side: each has a goroutine of its
// own while it is held. Two limits bound the steps that run at once: one for all
// messages, one for the messages of a group. It knows nothing of SES.
package delivery
