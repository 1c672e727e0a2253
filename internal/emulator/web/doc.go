// Package web is the page that shows events in a browser: plain HTML, one style sheet
// and one script, without a build step and without any other host. The emulator and
// "event listen" serve it.
//
// A browser runs the scripts of strangers beside it. So the page answers for loopback
// names and named hosts only, because a foreign name can lead to this machine (DNS
// rebinding). It changes something only for a request that has its own origin and its
// token. Its Content-Security-Policy allows nothing but its own files. URLs are masked
// until a user asks for them, because a callback URL is a secret.
package web
