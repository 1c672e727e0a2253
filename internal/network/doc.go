// Package network decides how hosts are reached over HTTP: through which proxy, and
// which certificate authorities are trusted. It also distinguishes errors of a proxy
// from errors of a server, and shows the beginning of an answer without secrets.
package network
