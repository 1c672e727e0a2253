// Package sestest runs an emulator of Tencent Cloud SES inside of a Go test. The
// code under test calls it through an official SDK, and receives the events of the
// emails that it sends. There is no account, no real email and no network beyond
// loopback.
//
//	srv := sestest.NewServer(t)
//	receiver := sestest.NewReceiver(t)
//	srv.SetCallback("", receiver.URL)
//	// … point the service at srv.Host, srv.SecretID and srv.SecretKey, and send
//	events, err := receiver.Wait(ctx, 1)
//
// The local part of a recipient chooses the events of an email: bounce@example.com
// bounces, open+click@example.com is opened and clicked, and any other one is
// delivered. [Server.Scenario] chooses by patterns, and [Server.Fault] makes the
// service misbehave.
//
// The emulator knows all published actions of SES (SDK ses v1.3.136), and verifies
// signatures, parameters and limits. It is not the service: where Tencent's pages are
// silent, its behaviour is a choice.
package sestest
