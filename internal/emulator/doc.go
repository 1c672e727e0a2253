// Package emulator is Tencent Cloud SES, as far as sesctl uses it, as an
// [net/http.Handler]: it verifies the signature of every request, answers with
// the service's shapes and error codes, and keeps one account in memory or in
// one file.
//
// It serves in process, as a transport under an SDK ([Emulator.Transport]); over
// HTTP, for the official SDKs ([Serve]); and in tests.
//
// The account lies in package state, as keys and values: an action reads and
// changes it in one transaction. Package tc3 verifies signatures. Package
// delivery works on the messages whose events are to be delivered.
//
// # What is known of the service, and what is chosen here
//
// The actions of callbacks and their parameters are the rows of package sesapi,
// with the mark of each. Those of the SDK are judged by its published table. Error codes are published ones (tencentcloud-sdk-go ses v1.3.136, and
// the common codes in the API reference of every product), but which of them a
// callback action gives is inferred, because no document describes one:
//
//   - A second callback for one sender is InvalidParameterValue.RepeatCreation; a
//     callback that is not there is ResourceNotFound; a sender address that the
//     account does not have is InvalidParameterValue.NoSuchSender; a URL that
//     breaks a rule is FailedOperation.IllegalURL.
//   - A page limit over 100 is InvalidParameterValue, which the SDK lists for the
//     published sibling ListAddressUnsubscribeConfig. A limit that is left out
//     means 100.
//   - An empty account callback is no callback; setting one to "" removes it.
//
// Of the published actions, these details are chosen (inferred):
//
//   - A domain that was never created counts as verified. One that is created
//     with CreateEmailIdentity is verified by UpdateEmailIdentity, unless
//     [Options].Unverified names it. Its DNS records are made up.
//   - Deleting a sender address deletes its callback with it. An account has up
//     to 10 sender addresses a domain (OperationDenied.ExceedSenderLimit beyond).
//   - Every template is approved at once. An account that has never created one
//     has every template. The variables in double braces need a value.
//   - SendEmail refuses an email if one of its recipients is in a blocklist or
//     has unsubscribed. A batch task drops it for that recipient alone. A hard
//     bounce blocks a recipient; an unsubscribe holds for a domain and a
//     recipient.
//   - A cycle of BatchSendEmail begins its next run when all messages of the run
//     before have ended.
//   - Statistics belong to the day in China on which an email was sent.
//
// # Emails and their events
//
// A SendEmail sends nothing. The local part of each recipient, or a [Scenario],
// chooses the events of the message. They are POSTed to the callback that is the
// sender's effective one at the time of each attempt: see [DeliveryOptions] and
// [Delivery]. The payload is the one of document 1084/39492. What that document
// leaves open is chosen:
//
//   - An event happens when it is first attempted: then it has its consequences.
//   - The events of one message are delivered one after the other, in order, each
//     when the one before it was accepted or given up.
//   - An event that is not answered 2xx is sent again, a bounded number of times.
//     One for which there is no callback when it would be sent is skipped.
//   - There is a taskId in the events of batch tasks only, and templateId is 0 for
//     an email without a template.
//
// Error codes of each action are those that the SDK lists for it: a sender
// address that the account does not have is FailedOperation.NotAuthenticatedSender
// in SendEmail, because NoSuchSender is not among them.
package emulator
