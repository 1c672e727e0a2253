// Package ses is the client of Tencent Cloud SES: the callbacks of an account as
// a [callback.Store], and the credentials to reach them with. It is built on
// Tencent's SDK, and is its only importer.
//
// Listing sender addresses is a typed call of the SDK. No current SDK has actions
// for callbacks, so those go through its generic request, signed like any other,
// by the rows of package sesapi.
//
// # What is told of a write
//
// A write is repeated only where the service says that it was not carried out.
// Where its outcome is unknown, because the answer was lost or the user
// interrupted, the account is read for up to ten seconds, whatever became of the
// caller's context, and the error tells what is there now. Only where that fails
// too is the outcome left open; the error is then marked Unknown.
//
// # What is never shown
//
// Bodies of answers, credentials, and callback URLs in full: an error of the
// service is repeated shortened, without control characters, and with the secrets
// of every URL in it masked.
package ses
