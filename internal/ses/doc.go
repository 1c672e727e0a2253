// Package ses is the client of Tencent Cloud SES. It offers the callbacks of an
// account as a [callback.Store], and finds the credentials for them. It is built
// on Tencent's SDK, and is the only package that imports it.
//
// No current SDK has actions for callbacks. So all calls use its generic request,
// which is signed like any other, with the rows of package sesapi.
//
// # Writes
//
// A write is retried only if the service reports that it was not carried out. The
// outcome is unknown if the answer was lost or the user interrupted. Then the
// error is marked Unknown, and package callback settles it by reading.
//
// # What is never shown
//
// Bodies of answers, credentials and whole callback URLs are never shown. An error
// of the service is shown shortened, without control characters, and with the
// secrets of every URL in it masked.
package ses
