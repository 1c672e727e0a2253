package emulator

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// PageOptions configures the web page of an emulator.
type PageOptions struct {
	// Hosts are the names under which the page is served, besides loopback names.
	Hosts []string
	// Lang is the language of the page, en or zh-CN; "" is the one of the browser.
	Lang string
	// Done ends the live updates of the page when it is closed; nil does not end them.
	Done <-chan struct{}
}

// WithPage serves the web page of an emulator beside its API.
func WithPage(e *Emulator, api http.Handler, o PageOptions) http.Handler {
	page := web.New(web.Options{Title: "emulator", Source: pageSource{e}, Account: pageAccount{e}, Hosts: o.Hosts, Lang: o.Lang, Done: o.Done})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isPage(r) {
			page.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// isPage reports whether a request is for the page. The API is at "/" too: a request
// that looks like a call of the API is not for the page.
func isPage(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, web.Path) {
		return true
	}
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path == "/" &&
		r.Header.Get("Authorization") == "" && r.Header.Get("X-TC-Action") == "" && !r.URL.Query().Has("Action") && !r.URL.Query().Has("Signature")
}

// pageSource gives the page the deliveries of an emulator.
type pageSource struct{ e *Emulator }

// newRow returns a delivery as a row of the page.
func newRow(d Delivery) web.Row {
	row := web.Row{ID: d.ID, Time: d.Time.UnixMilli(), Type: string(d.Type), Sender: d.Sender, Recipient: d.Recipient,
		State: string(d.Status), Attempts: len(d.Attempts), Note: d.Reason, Duplicate: d.Duplicate}
	if n := len(d.Attempts); n > 0 {
		row.Code = d.Attempts[n-1].Status
		if row.Note == "" {
			row.Note = d.Attempts[n-1].Error
		}
	}
	return row
}

func (s pageSource) Rows(limit int) (rows []web.Row, total int, err error) {
	err = s.e.state.View(func(tx *state.Tx) error {
		rows, total = nil, tx.Count(bucketDeliveries)
		d := reader{tx: tx}
		for key, encoded := range tx.Backward(bucketDeliveries) {
			if len(rows) == limit {
				break
			}
			row, err := d.row(key, encoded)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		slices.Reverse(rows)
		return nil
	})
	return rows, total, err
}

func (d *reader) row(key string, encoded []byte) (web.Row, error) {
	r, err := readRecord(key, encoded)
	if err != nil {
		return web.Row{}, err
	}
	short, err := d.short(r)
	return newRow(short), err
}

func (s pageSource) RowsOf(ids []uint64) (rows []web.Row, err error) {
	slices.Sort(ids)
	err = s.e.state.View(func(tx *state.Tx) error {
		rows = nil
		d := reader{tx: tx}
		for _, id := range ids {
			encoded := tx.Get(bucketDeliveries, state.Key(id))
			if encoded == nil {
				continue
			}
			row, err := d.row(state.Key(id), encoded)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

func (s pageSource) Item(id uint64) (item web.Item, err error) {
	err = s.e.state.View(func(tx *state.Tx) error {
		r, there, err := state.Load[record](tx, bucketDeliveries, state.Key(id))
		if err != nil {
			return err
		}
		if !there {
			return web.ErrNoRow
		}
		read := &reader{tx: tx}
		d, err := read.delivery(r)
		if err != nil {
			return err
		}
		if d.URL == "" && d.Status == DeliveryPending {
			d.URL = effective(tx, d.Sender)
		}
		item = web.Item{Row: newRow(d), Kind: d.RecipientKind, Message: d.MessageID, ReplyTo: read.message.ReplyTo, URL: d.URL, Payload: string(d.Event),
			Headers: map[string]string{"Content-Type": "application/json", "User-Agent": userAgent}}
		for _, a := range d.Attempts {
			item.Attempts = append(item.Attempts, web.Attempt{Time: a.Time, URL: a.URL, Code: a.Status, Error: a.Error, Answer: a.Answer})
		}
		return nil
	})
	return item, err
}

func (s pageSource) Again(id uint64) error {
	switch err := s.e.Redeliver(id); {
	case errors.Is(err, errNoDelivery):
		return web.ErrNoRow
	case errors.Is(err, errStillPending):
		return web.ErrPending
	default:
		return err
	}
}

func (s pageSource) Changes() *web.Changes { return &s.e.rows }

// pageAccount makes the changes that the page asks for.
type pageAccount struct{ e *Emulator }

func (a pageAccount) Callbacks() (account string, senders []web.Sender, err error) {
	set, err := a.e.Callbacks()
	if err != nil {
		return "", nil, err
	}
	err = a.e.state.View(func(tx *state.Tx) error {
		senders = []web.Sender{}
		for address := range tx.From(bucketSenders, "") {
			t, err := callback.ParseSender(address)
			if err != nil {
				return err
			}
			effect := set.Resolve(t)
			senders = append(senders, web.Sender{Address: address, URL: set.URL(t).Whole(), Effect: effect.URL.Whole(), Reason: string(effect.Source)})
		}
		return nil
	})
	return set.URL(callback.Account()).Whole(), senders, err
}

func (a pageAccount) SetCallback(sender, url string) error {
	target := callback.Account()
	if sender != "" {
		var err error
		if target, err = callback.ParseSender(sender); err != nil {
			return err
		}
	}
	return a.e.SetCallback(target, url)
}

func (a pageAccount) Send(sender, recipient, subject string) (string, error) {
	return a.e.SendTest(sender, recipient, subject)
}

func (a pageAccount) Outcomes() []string { return Labels() }

func (a pageAccount) Faults() []string {
	var specs []string
	for _, f := range a.e.Faults() {
		specs = append(specs, f.String())
	}
	return specs
}

func (a pageAccount) SetFaults(specs []string) error {
	all := []Fault{}
	for _, spec := range specs {
		f, err := ParseFault(spec)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	return a.e.SetFaults(all)
}

func (a pageAccount) FaultKinds() []web.FaultKind {
	var kinds []web.FaultKind
	for _, f := range Faults() {
		kinds = append(kinds, web.FaultKind{Spec: f.Spec, Summary: f.Summary})
	}
	return kinds
}

// SendTest accepts an email to one recipient as SendEmail does, and returns its
// MessageId. The email needs no template. If SendEmail would refuse the email, the
// error has the kind usage and the same text.
func (e *Emulator) SendTest(sender, recipient, subject string) (string, error) {
	call := &request{Emulator: e}
	d, refused := call.newTest(sender, recipient, subject)
	if refused == nil {
		err := e.state.Update(func(tx *state.Tx) error {
			call.tx, call.after, refused = tx, nil, nil
			if refused = call.allowed(d); refused == nil {
				refused = call.accept(d)
			}
			if refused != nil {
				return refused
			}
			return nil
		})
		if err != nil && refused == nil {
			return "", failure.New(failure.Failure, "the email was not accepted: %w", err)
		}
	}
	if refused != nil {
		return "", failure.New(failure.Usage, "%s (%s)", strings.TrimSuffix(refused.message, "."), refused.code)
	}
	call.after()
	return d.ID, nil
}

// newTest checks the parameters of a test email.
func (r *request) newTest(sender, recipient, subject string) (*draft, *apiError) {
	if subject = strings.TrimSpace(subject); subject == "" {
		subject = "Test"
	}
	r.in = object{"FromEmailAddress": sender, "Subject": subject, "Destination": []any{recipient},
		"Simple": object{"Text": "VGVzdA=="}}
	return r.newDraft(true)
}
