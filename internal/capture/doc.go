// Package capture learns about the SES API from a capture of Tencent's console, or
// from events of its audit log. It finds the actions that were called and the names
// of their parameters and answers. From these it derives rows of the API table.
//
// A capture contains the secrets of a user's session: cookies, csrf codes, account
// numbers, keys. This package reads only the path, the action, the parameters and the
// answer of a request. Its results for people ([Finding], Capture.Hosts,
// Capture.Products) contain names only, never a value.
//
// The package opens no connections, and does not depend on commands or output.
package capture
