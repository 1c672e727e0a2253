// Package manifest reads and writes declarations. A declaration is a file in which
// a team keeps the callbacks that an account must have.
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
// The package does not know the account, or the effect of applying a declaration.
package manifest
