// Package relay is the receiver for production: it takes the events that SES
// posts, and answers 200 only once each engine has the event for good.
//
// An engine is NATS JetStream or Kafka. While an engine is away, events are kept
// in a [spool] on disk and follow in order. Nothing is shared between copies of
// the program, so that any number of them can stand behind a load balancer.
//
// SES documents no retry (document 1084/39492): an event that is answered 200 and
// lost then is lost forever, and one that is refused may be. An event can come
// more than once. Its identifier is made from its content, so that an engine or a
// consumer can drop the second one.
package relay
