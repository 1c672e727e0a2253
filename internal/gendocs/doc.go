// Command gendocs generates the reference from the code: a page for each
// command, the man pages, and the tables of rules, API and exit status.
//
// With -check it writes nothing. It prints the pages that are out of date, and
// exits with status 1 if there are any.
package main
