// Package event holds the events that a callback of Tencent Cloud SES receives:
// what happened to an email that was sent.
//
// Each event is one JSON object in an HTTP POST (document 1084/39492, "Email
// Event Notification", of 2025-10-30). [Decode] reads one, [Encode] writes one,
// [Types] and [Fields] list what is documented, [Sample] makes one for a
// test, and [NewHandler] is the http.Handler of a service that receives them.
//
// SES documents neither a signature nor its source addresses. Whoever knows a
// callback URL can send events to it: treat the URL as a secret, and an event
// as a claim.
package event
