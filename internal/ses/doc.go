// Package ses is the client of Tencent Cloud SES: the callbacks of an account as
// a [callback.Store], and the credentials to reach them with. It is built on
// Tencent's SDK, and is its only importer.
//
// No current SDK has actions for callbacks, so all calls go through its generic
// request, signed like any other, by the rows of package sesapi.
//
// # Writes
//
// A write is repeated only if the service reports that it was not carried out. If
// its outcome is unknown, because the answer was lost or the user interrupted, the
// error is marked Unknown. Package callback settles it by reading.
//
// # What is never shown
//
// Bodies of answers, credentials, and callback URLs in full: an error of the
// service is repeated shortened, without control characters, and with the secrets
// of every URL in it masked.
package ses
