// Package callback holds the rules of Tencent Cloud SES callbacks: which URL
// receives the events of an email, and how to change it.
//
// SES keeps at most one callback for the account and at most one for each sender
// address. The sender's callback takes precedence (document 1084/40183, Chinese
// 1288/55194). A [Target] is the account or a sender address. A [Set] holds the
// callbacks of an account. [Set.Resolve] returns the URL that receives a sender's
// events. [Rules] returns the rules for a callback, and [Diff] the plan that turns
// one set into another.
//
// The package itself does no input or output; a [Store] does.
package callback
