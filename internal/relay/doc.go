// Package relay is the receiver for production. It receives the events that SES
// posts, and answers 200 only after each engine has stored the event durably.
//
// An engine is NATS JetStream or Kafka. While an engine is away, events are kept in a
// [spool] on disk, and are sent in order later. Copies of the program share nothing,
// so any number of them can run behind a load balancer.
//
// SES documents no retry (document 1084/39492): an event that is lost after the
// answer 200 is lost forever. An event that is refused may be lost too. An event can
// arrive more than once. Its identifier is made from its content, so that an engine
// or a consumer can drop duplicates.
package relay
