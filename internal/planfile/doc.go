// Package planfile keeps a plan in a file until it is carried out, perhaps by
// another process on another day. What it reads is a plan as it was written, for
// the account that it was made for.
package planfile
