// Package seed gives tests random numbers that can be repeated: the seed is in
// the log of a test that fails. Only tests import it.
package seed
