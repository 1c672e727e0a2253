// Package storetest is the test suite that every callback.Store must pass.
//
// It runs on the client against the emulator, on the client against the real
// service, and on any Store that wraps another Store.
package storetest
