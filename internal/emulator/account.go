package emulator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// The buckets of the state. An older sesctl has only "senders", "urls" and
// "deliveries"; there, each delivery holds its own event.
const (
	bucketSenders    = "senders"     // address → sender
	bucketURLs       = "urls"        // address → callback URL
	bucketMessages   = "messages"    // number → message
	bucketMessageIDs = "message-ids" // MessageId → number
	bucketEmails     = "emails"      // number and place of the recipient → email
	bucketDeliveries = "deliveries"  // number → record
	bucketQueue      = "queue"       // sender and first delivery → queued
	keyAccountURL    = "account-url" // in the bucket of the format

	bucketDomains      = "domains"        // domain → identity
	bucketTemplates    = "templates"      // number → template
	bucketReceivers    = "receivers"      // number → receivers
	bucketDetails      = "details"        // number of the receivers and address → detail
	bucketTasks        = "tasks"          // number → task
	bucketBlocked      = "blocked"        // address → blocked
	bucketCustom       = "custom"         // number → custom
	bucketCustomByMail = "custom-by-mail" // address → number
	bucketConfigs      = "configs"        // sender address → unsubscribeConfig
	bucketUnsubscribed = "unsubscribed"   // domain of the sender and recipient → ""
	bucketStatistics   = "statistics"     // day, domain and mailbox → volume
	bucketAbuse        = "abuse"          // number → abuse
)

// sender is a sender address of the account, stored under that address. The state
// file uses the JSON names.
type sender struct {
	Name    string `json:"name,omitempty"`
	Created int64  `json:"created"` // seconds since 1970
	// Password is the hash of the SMTP password; "" if none is set.
	Password string `json:"password,omitempty"`
}

// makeFresh writes the state of a new account.
func makeFresh(tx *state.Tx, senders map[string]sender) error {
	for _, bucket := range []string{bucketSenders, bucketURLs} {
		if err := tx.Make(bucket); err != nil {
			return err
		}
	}
	for address, s := range senders {
		if err := state.Save(tx, bucketSenders, address, s); err != nil {
			return err
		}
	}
	return tx.Put(state.BucketMeta, keyMigrated, []byte("1"))
}

func (e *Emulator) openState(ctx context.Context, o Options) error {
	addresses := o.Senders
	if addresses == nil {
		addresses = DefaultSenders()
	}
	given := make(map[string]sender, len(addresses))
	e.senders = given
	for _, address := range addresses {
		t, err := callback.ParseSender(address)
		if err != nil {
			return failure.New(failure.Usage, "sender address: %w", err)
		}
		if _, twice := given[t.Address()]; twice {
			return failure.New(failure.Usage, "sender address %s is given twice", t)
		}
		given[t.Address()] = sender{Created: e.now().Unix()}
	}
	fresh := func(tx *state.Tx) error { return makeFresh(tx, given) }
	if o.StateFile == "" {
		e.state = state.NewMemory()
		return e.state.Update(fresh)
	}
	var err error
	if e.state, err = state.Open(ctx, o.StateFile, o.Wait, fresh, checkAccount); err != nil || o.Senders == nil {
		return err
	}
	if err := e.addSenders(given); err != nil {
		_ = e.state.Close()
		return failure.New(failure.Failure, "cannot add the sender addresses to %s: %w", o.StateFile, err)
	}
	return nil
}

// addSenders adds the given sender addresses that the account does not have yet.
func (e *Emulator) addSenders(given map[string]sender) error {
	missing := false
	look := func(tx *state.Tx) error {
		for address := range given {
			missing = missing || tx.Get(bucketSenders, address) == nil
		}
		return nil
	}
	if err := e.state.View(look); err != nil || !missing {
		return err
	}
	return e.state.Update(func(tx *state.Tx) error {
		for address, s := range given {
			if tx.Get(bucketSenders, address) != nil {
				continue
			}
			if err := state.Save(tx, bucketSenders, address, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reset removes a state file, so that the next emulator begins with a fresh state.
// While another process has locked the file, it waits for up to wait (0 is 5
// seconds). It refuses a file that is not a state file. A file that does not exist is
// not an error.
func Reset(ctx context.Context, path string, wait time.Duration) error {
	return state.Remove(ctx, path, wait)
}

// checkAccount reads the data that every command needs, to detect a damaged file when
// it is opened.
func checkAccount(tx *state.Tx) error {
	if !tx.Has(bucketSenders) || !tx.Has(bucketURLs) {
		return errors.New("it is damaged: a part is missing")
	}
	for address, encoded := range tx.From(bucketSenders, "") {
		if _, err := state.Decode[sender](bucketSenders, encoded); err != nil {
			return fmt.Errorf("sender address %s: %w", quote(address), err)
		}
	}
	return nil
}

// known refuses a sender address that the account does not have.
func known(tx *state.Tx, t callback.Target) *apiError {
	if tx.Get(bucketSenders, t.Address()) == nil {
		return noSuchSender(t)
	}
	return nil
}

// effective returns the URL of a sender's effective callback, or "" if there is none.
// The sender's own callback wins (see [callback.Set.Resolve]).
func effective(tx *state.Tx, address string) string {
	if own := tx.Get(bucketURLs, address); len(own) > 0 {
		return string(own)
	}
	return string(tx.Get(state.BucketMeta, keyAccountURL))
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
