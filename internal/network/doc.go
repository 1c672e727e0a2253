// Package network decides how hosts are reached over HTTP: through which proxy, and
// which certificate authorities are trusted. It also keeps what a proxy answers apart
// from what a server answers.
package network
