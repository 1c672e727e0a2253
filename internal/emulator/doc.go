// Package emulator imitates Tencent Cloud SES as an [net/http.Handler]. It verifies
// the signature of every request, and answers with the formats and error codes of the
// service. It keeps one account, in memory or in one file.
//
// An SDK in the same process uses it as its transport ([Emulator.Transport]). Other
// programs use it over HTTP ([Serve]).
//
// Package state keeps the account as keys and values. An action reads and changes
// them in one transaction. Package tc3 verifies signatures. Package delivery delivers
// the events of messages. Package web has the web page.
//
// # What is known of the service, and what is chosen here
//
// The actions of callbacks and their parameters are the rows of package sesapi; each
// row is marked as known or inferred. Requests of the other actions are checked
// against the published table of the SDK. All error codes are published: in
// tencentcloud-sdk-go ses v1.3.136, or as common codes in the API reference of every
// product. No document describes the errors of the callback actions, so these are
// inferred:
//
//   - A second callback for one sender is InvalidParameterValue.RepeatCreation. A
//     callback that does not exist is ResourceNotFound. A sender address that the
//     account does not have is InvalidParameterValue.NoSuchSender. A URL that breaks
//     a rule is FailedOperation.IllegalURL.
//   - A page limit over 100 is InvalidParameterValue, which the SDK lists for the
//     similar action ListAddressUnsubscribeConfig. The default limit is 100.
//   - An empty URL means that the account has no callback. Setting the URL to ""
//     removes the callback.
//
// Of the published actions, these details are chosen (inferred):
//
//   - A domain that was never created counts as verified. A domain that was created
//     with CreateEmailIdentity is verified by UpdateEmailIdentity, unless
//     [Options].Unverified names it. Its DNS records are invented.
//   - Deleting a sender address also deletes its callback. A domain has at most 10
//     sender addresses; the next one is OperationDenied.ExceedSenderLimit.
//   - Every template is approved at once. An account that has never created a
//     template has every template. Each variable in double braces needs a value.
//     Variables in the subject are filled; one without a value stays as it is.
//   - SendEmail refuses an email if one of its recipients is in a blocklist or has
//     unsubscribed. A batch task drops the email for that recipient only. A hard
//     bounce puts a recipient on the blocklist. An unsubscribe applies to one domain
//     and one recipient.
//   - A cycle of BatchSendEmail begins its next run when all messages of the previous
//     run have ended.
//   - Statistics belong to the day in China on which an email was sent.
//
// # Emails and their events
//
// SendEmail sends no email. The local part of each recipient, or a [Scenario],
// chooses the events of the message. Each attempt POSTs an event to the callback that
// is effective for the sender at that time: see [DeliveryOptions] and [Delivery]. The
// payload is described in document 1084/39492. That document does not describe these
// details, so they are chosen:
//
//   - An event happens at its first attempt. Then it changes the account, for example
//     the blocklist.
//   - The events of one message are delivered in order. The next event begins when
//     the previous one was accepted, failed or skipped.
//   - An event that is not answered 2xx is retried, a limited number of times. An
//     event is skipped if there is no callback at the time of the attempt.
//   - Only events of batch tasks have a taskId. The templateId of an email without a
//     template is 0.
//
// Each published action answers only error codes that the SDK lists for it, and common
// codes. For example, SendEmail answers FailedOperation.NotAuthenticatedSender for an
// unknown sender address, because the SDK does not list NoSuchSender for it. For the
// four actions of unsubscribe configurations the SDK lists the codes of other actions,
// so they answer common codes.
package emulator
