// Package journal records the changes that sesctl makes.
//
// An entry is written and synced before each change is sent, and its end is
// written afterwards. If a process is killed in between, its entry is pending.
// The next process settles it by reading the account.
//
// The journal is one file of JSON lines in the user's state folder. Lines are
// only appended, never changed. A lock file beside it lets several processes share
// it, and each running process holds a lock of its own. A line that cannot be read
// is skipped and reported. The file holds full callback URLs, which are secrets,
// because going back needs them. Only its owner can read it.
//
// The package does not know why a change is made, and it is not an audit log:
// changes that were made elsewhere are not in it.
package journal
