// Package sesapi is the one place that describes the API of Tencent Cloud SES:
// the actions of API 3.0 (product ses, version 2020-10-02), the names of their
// parameters, and how well each of them is known.
//
// No current SDK has an action for callbacks. So what sesctl believes about them
// has a [Mark] and a source. "sesctl doctor" shows it, and a profile can replace
// each row. The package does not know how a call is made.
package sesapi
