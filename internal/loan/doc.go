// Package loan lends a callback: for a while it points at a borrowed URL, and then its
// previous value is restored. That value is on disk before the callback is changed, and
// a lock shows whether the borrower is still alive.
package loan
