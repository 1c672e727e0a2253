// Package relaycli is the command line of sesctl-relay. It reads the flags, the
// environment and the configuration file, and runs package relay.
package relaycli
