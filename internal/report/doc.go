// Package report writes findings in the forms that CI systems read: JUnit XML,
// SARIF 2.1.0, and the annotations of GitHub Actions.
//
// It needs only the standard library, and does not know callbacks. It masks
// nothing: the caller masks the URLs in the messages of its findings.
package report
