// Package state keeps the account of the emulator: named buckets of keys and values.
// They are in memory, or in one bbolt file that only one process can use at a time.
//
// Everything is read inside [Store.View] and changed inside [Store.Update]. Both pass
// a [Tx]. The changes of one Update are made all together or not at all, and are
// durable when Update returns.
package state
