// Package loan lends a callback: for a while it points at a borrowed URL, and
// afterwards it is what it was. What must be known to put it back is on disk before
// the callback is changed, and a lock shows whether the borrower is still alive.
package loan
