// Package seed gives tests repeatable random numbers. The log of a failed test
// contains the seed. Only tests import this package.
package seed
