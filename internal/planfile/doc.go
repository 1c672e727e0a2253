// Package planfile keeps a plan in a file until it is applied, possibly by another
// process and much later. It reads only a plan that was not changed, for the account
// for which it was made.
package planfile
