// Package manifest reads and writes declarations: files in which a team keeps
// what the callbacks of an account must be.
//
//	version: 1
//	account: https://hooks.example.com:8080/ses
//	senders:
//	  news@mail.example.com: https://hooks.example.com:8081/news?token=${NEWS_TOKEN}
//	  old@mail.example.com: none
//
// A declaration is YAML without anchors, aliases, merge keys and tags, or JSON.
// Errors name file, line and column. A declared URL may hold a secret, so an error
// never repeats a value of the file or of the environment.
//
// The package does not know the account, or what applying a declaration changes.
package manifest
