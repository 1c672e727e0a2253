// Package callback holds the rules of Tencent Cloud SES callbacks: where the
// events of an email go, and how that is changed.
//
// SES keeps at most one callback for the account and at most one for each
// sender address, and the sender's wins (document 1084/40183, Chinese
// 1288/55194). A [Target] names one of these places, a [Set] holds what is
// there, [Set.Resolve] answers where a sender's events go, [Rules] says what a
// callback must look like, and [Diff] computes the way from one set to another.
//
// The package does no input or output; a [Store] does.
package callback
