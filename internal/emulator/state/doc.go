// Package state keeps the emulator's account: named buckets of keys and values,
// in one bbolt file that one process at a time holds, or in memory.
//
// Everything is read inside [Store.View] and changed inside [Store.Update].
// Both pass a [Tx]. What one Update changes is made whole or not at all, and is
// durable when Update returns.
package state
